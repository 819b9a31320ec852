// npm run attack:import -- [--seed 1] [--seconds 90]
// Hands hostile bundles to the product's own intake and looks whether anything got through. Exit code 1: something did.
import { rmSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { SECOND, systemClock } from "#lib/clock.ts";
import { messageOf } from "#lib/errors.ts";
import { openScene, type Scene, takeInBundle } from "#lib/testing/git/scene.ts";
import { layTraps } from "#lib/testing/git/traps.ts";
import { openWorkshop } from "#lib/testing/git/workshop.ts";
import type { Intake } from "#worker/git/intake/take-in-patch.ts";
import { createRandom } from "../random.ts";
import { type Attempt, attempts } from "./attempts.ts";
import { createTally, outcomeOf, type Tally } from "./tally.ts";
import { type Watch, watchOver } from "./watch.ts";

/** An intake that takes longer hangs. */
const PATIENCE = 25 * SECOND;

async function takenIn(scene: Scene, { bundle }: Attempt): Promise<Intake | string> {
  const waiting = new AbortController();
  const late = systemClock.sleep(PATIENCE, waiting.signal).then(
    () => `it hung for ${PATIENCE / SECOND} seconds`,
    () => "it was over in time",
  );
  try {
    return await Promise.race([takeInBundle(scene, bundle), late]);
  } catch (error) {
    return `the intake broke: ${messageOf(error)}`;
  } finally {
    waiting.abort();
    rmSync(bundle, { force: true });
  }
}

/** Sentences for what got through; none when nothing did. */
async function attack(scene: Scene, watch: Watch, tally: Tally, attempt: Attempt): Promise<string[]> {
  const intake = await takenIn(scene, attempt);
  if (typeof intake === "string") return [intake, ...watch.escapes(null)];
  const outcome = outcomeOf(intake);
  tally.add(outcome, attempt.name);
  const passed = attempt.mustStop && (outcome.fate === "shown" || outcome.fate === "harmless");
  return [...(passed ? ["it was taken in, and should have been stopped"] : []), ...watch.escapes(intake)];
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: { seed: { type: "string", default: "1" }, seconds: { type: "string", default: "90" } },
  });
  const end = performance.now() + Number(values.seconds) * SECOND;
  const workshop = await openWorkshop();
  const escapes: string[] = [];
  const tally = createTally();
  let tried = 0;
  try {
    const scene = await openScene(workshop, {
      "src/a.js": "one\n",
      "test/a.test.js": "test\n",
      "package.json": "{}\n",
    });
    const folder = workshop.fresh("canary");
    // The source the mirror came from is full of traps too: taking in must not so much as look at it.
    layTraps(join(scene.upstream, ".git"), folder);
    const canary = join(folder, "canary");
    const watch = watchOver(scene, canary);
    for (const attempt of attempts(scene, createRandom(Number(values.seed)), `touch ${canary}`)) {
      if (performance.now() > end) break;
      tried += 1;
      const through = await attack(scene, watch, tally, attempt);
      for (const sentence of through) escapes.push(`${attempt.name}: ${sentence}`);
    }
  } finally {
    await workshop.close();
  }
  console.log(`seed ${values.seed}: ${tried} hostile bundles tried`);
  for (const line of tally.lines()) console.log(line);
  console.log(`${String(escapes.length).padStart(5)}  escapes`);
  for (const sentence of escapes) console.log(`       ${sentence}`);
  return escapes.length > 0 ? 1 : 0;
}

process.exitCode = await main();
