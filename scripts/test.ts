// `npm test`: everything a change must pass. All stages run even if one fails, side by side where they can; the last
// line is the sum, where a stage without counts of its own counts as one.
//   npm test -- vitest tsc     only these stages
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { messageOf } from "#lib/errors.ts";
import { formatDuration } from "../cli/progress.ts";
import { addUp, MOST_REPEATED, type Outcome, single } from "./test/outcome.ts";
import { runInOrder } from "./test/schedule.ts";
import { STAGES, type Stage, type Workplace } from "./test/stages.ts";

const root = new URL("..", import.meta.url).pathname;

async function runStage(name: string, { run, isLive }: Stage, place: Workplace): Promise<Outcome> {
  console.log(isLive ? `\n━━ ${name}` : `   ${name} …`);
  const began = performance.now();
  let said = "";
  const outcome = await run(place, (text) => (said += text)).catch((error: unknown): Outcome => {
    said += `${messageOf(error)}\n`;
    return single(1);
  });
  const took = formatDuration(performance.now() - began);
  const sum = `━━ ${name}: ${outcome.passed} passed, ${outcome.failed} failed (${took})`;
  console.log(said.trim() === "" ? sum : `\n━━ ${name}\n${said.trimEnd()}\n${sum}`);
  return outcome;
}

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !(name in STAGES));
if (unknown.length > 0) {
  console.error(`There is no stage ${unknown.join(", ")}; there are ${Object.keys(STAGES).join(", ")}.`);
  process.exit(1);
}

const scratch = await mkdtemp(join(tmpdir(), "pilothouse-results-"));
const isAsked = (name: string) => asked.length === 0 || asked.includes(name);
const outcomes = await runInOrder(STAGES, isAsked, (name, stage) => runStage(name, stage, { root, scratch }));
await rm(scratch, { recursive: true, force: true });

const total = addUp(outcomes);
if (total.repeated.length > 0) {
  console.log(
    `\nPassed only when repeated (a run may have ${MOST_REPEATED} of these; each is a fault to be found):`,
  );
  for (const name of total.repeated) console.log(`  ${name}`);
}
console.log(`\n${total.passed} passed, ${total.failed} failed`);
process.exitCode = total.failed === 0 ? 0 : 1;
