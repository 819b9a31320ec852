// `npm test`: everything a change must pass. All stages run even if one fails; the last line is the sum,
// where a stage without counts of its own counts as one.
//   npm test -- vitest tsc     only these stages
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { messageOf } from "#lib/errors.ts";
import { formatDuration } from "../cli/progress.ts";
import { addUp, type Outcome } from "./test/outcome.ts";
import { STAGES, type Workplace } from "./test/stages.ts";

const root = new URL("..", import.meta.url).pathname;

async function runStage(
  name: string,
  run: (place: Workplace) => Promise<Outcome>,
  place: Workplace,
): Promise<Outcome> {
  console.log(`\n━━ ${name}`);
  const began = performance.now();
  const outcome = await run(place).catch((error: unknown): Outcome => {
    console.error(messageOf(error));
    return { passed: 0, failed: 1 };
  });
  const took = formatDuration(performance.now() - began);
  console.log(`━━ ${name}: ${outcome.passed} passed, ${outcome.failed} failed (${took})`);
  return outcome;
}

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !(name in STAGES));
if (unknown.length > 0) {
  console.error(`There is no stage ${unknown.join(", ")}; there are ${Object.keys(STAGES).join(", ")}.`);
  process.exit(1);
}

const scratch = await mkdtemp(join(tmpdir(), "pilothouse-results-"));
const outcomes: Outcome[] = [];
for (const [name, run] of Object.entries(STAGES)) {
  if (asked.length > 0 && !asked.includes(name)) continue;
  outcomes.push(await runStage(name, run, { root, scratch }));
}
await rm(scratch, { recursive: true, force: true });

const total = addUp(outcomes);
console.log(`\n${total.passed} passed, ${total.failed} failed`);
process.exitCode = total.failed === 0 ? 0 : 1;
