// npm run attack:trip -- [--seed 1] [--points 100] [--seconds 840]
// Kills the worker and the database around tripwires that trip, and looks whether each acted, once. The same seed kills in
// the same places. Exit code 1: one did not, or one that nothing disturbed took longer than five seconds.
import { parseArgs } from "node:util";
import { SECOND } from "#lib/clock.ts";
import { spreadOf } from "../../stats.ts";
import { attackTrips } from "./attack.ts";

const GOAL = 5 * SECOND;
const SHOWN = 20;

const spreadText = (durations: readonly number[]): string => {
  if (durations.length === 0) return "none";
  const { p50, p99 } = spreadOf(durations);
  return `${durations.length}, p50 ${Math.round(p50)} ms, p99 ${Math.round(p99)} ms`;
};

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      seed: { type: "string", default: "1" },
      points: { type: "string", default: "100" },
      seconds: { type: "string", default: "840" },
    },
  });
  const end = performance.now() + Number(values.seconds) * SECOND;
  const report = await attackTrips({
    ...{ seed: Number(values.seed), points: Number(values.points) },
    isOver: () => performance.now() > end,
    onPoint: ({ target, delay }, number, took) => {
      const what = target === null ? "nothing killed" : `${target} killed ${delay} ms after the crossing`;
      process.stderr.write(
        `${String(number).padStart(4)}  ${what}: ${took === null ? "not done" : `done after ${Math.round(took)} ms`}\n`,
      );
    },
  });
  const slow = report.untouched.filter((took) => took > GOAL).length;
  console.log(`seed ${values.seed}: ${report.points} trips, ${report.killed} processes killed around them`);
  console.log(
    `  from the crossing until all was done, undisturbed: ${spreadText(report.untouched)} (goal 5 s)`,
  );
  console.log(`  the same with a kill: ${spreadText(report.disturbed)}`);
  console.log(`  undisturbed and slower than the goal: ${slow}`);
  console.log(`  faults: ${report.faults.length}`);
  for (const fault of report.faults.slice(0, SHOWN)) console.log(`    ${fault}`);
  return report.faults.length + slow > 0 ? 1 : 0;
}

process.exitCode = await main();
