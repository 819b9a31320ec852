// npm run attack:kill -- [--seed 1] [--points 200] [--seconds 840]
// Kills the processes of a deployment under load and looks whether anything that was acknowledged is lost, twice there or
// no longer what it was. The same seed kills in the same places. Exit code 1: something is.
import { parseArgs } from "node:util";
import { SECOND } from "#lib/clock.ts";
import { spreadOf } from "../../stats.ts";
import { type AttackReport, attack } from "./attack.ts";
import { pointText } from "./points.ts";

const SHOWN = 20;

function lines(seed: number, report: AttackReport): string[] {
  const { acknowledged, verdict, stuck, recoveries } = report;
  const count = (what: string, number: number) => `${String(number).padStart(8)}  ${what}`;
  const spread = recoveries.length > 0 ? spreadOf(recoveries) : null;
  const recovery = spread
    ? `recovery of everything: p50 ${Math.round(spread.p50)} ms, p99 ${Math.round(spread.p99)} ms`
    : "nothing recovered";
  const findings = [...verdict.lost, ...verdict.duplicated, ...verdict.broken, ...stuck];
  return [
    `seed ${seed}: ${report.points} points, ${report.faults} processes killed; ${recovery}`,
    count("entries acknowledged", acknowledged.entries),
    count("events acknowledged", acknowledged.events),
    count("decisions acknowledged", acknowledged.decisions),
    count("blobs acknowledged", acknowledged.blobs),
    count("entries in the log", report.entries),
    count("checkpoints seen and checked", report.checkpoints),
    count("leases lost on the way", report.leasesLost),
    count("lost", verdict.lost.length),
    count("duplicated", verdict.duplicated.length),
    count("broken", verdict.broken.length),
    count("stuck", stuck.length),
    ...findings.slice(0, SHOWN).map((finding) => `          ${finding}`),
  ];
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      seed: { type: "string", default: "1" },
      points: { type: "string", default: "200" },
      seconds: { type: "string", default: "840" },
    },
  });
  const seed = Number(values.seed);
  const end = performance.now() + Number(values.seconds) * SECOND;
  const report = await attack({
    ...{ seed, points: Number(values.points), processes: ["notary", "worker", "web"] },
    isOver: () => performance.now() > end,
    onPoint: (point, number, recovery) => {
      const then =
        recovery === null ? "nothing worked again" : `worked again after ${Math.round(recovery)} ms`;
      process.stderr.write(`${String(number).padStart(4)}  ${pointText(point)}: ${then}\n`);
    },
  });
  for (const line of lines(seed, report)) console.log(line);
  const { lost, duplicated, broken } = report.verdict;
  return lost.length + duplicated.length + broken.length + report.stuck.length > 0 ? 1 : 0;
}

process.exitCode = await main();
