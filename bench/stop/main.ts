// How long a stop takes to reach runs on connected runners: `npm run bench:stop`. Runners of the product, in this process, each
// with a real sandbox that sends bytes out, on the real web process; they are stopped together, by what an emergency stop does
// to a run. It starts what it needs, in a temporary folder, and stops all of it. Exit code 1: a goal was missed.
import { availableParallelism, cpus, loadavg } from "node:os";
import { MINUTE, SECOND, systemClock } from "#lib/clock.ts";
import { carryOutDrills, listDrills } from "#lib/drills/service.ts";
import { startDrill } from "#lib/drills/start-drill.ts";
import { newId } from "#lib/ids.ts";
import { makeScope } from "#lib/scope.ts";
import type { ReachView } from "#lib/stop-times/schema.ts";
import { settleStops } from "#lib/stop-times/service.ts";
import { type BenchPlane, openPlane } from "../place/plane.ts";
import { startWeb } from "../place/web.ts";
import { arrangeBench, type BenchWork } from "../place/work.ts";
import { milliseconds } from "../report.ts";
import { spreadOf } from "../stats.ts";
import { startRunners } from "./runners.ts";

const RUNNERS = 10;
const ROUNDS = 5;
/** Of the last token, the last byte and the sandbox's end, whichever is last. */
const GOAL = SECOND;
/** Of one round, from the click to the last row. */
const PATIENCE = 90 * SECOND;
const LOOK_EVERY = 200;

const worker = makeScope({
  actor: { kind: "system", name: "bench" },
  grants: [],
  requestId: newId("request"),
  clock: systemClock,
});

/** A drill as the worker carries it out, until it is over. */
async function round(plane: BenchPlane, { lead, pilotId }: BenchWork): Promise<readonly ReachView[]> {
  const end = performance.now() + PATIENCE;
  const { drillId } = await startDrill(lead, { pilotId, runs: RUNNERS });
  await plane.asWorker(async () => {
    for (let moves = 0; moves < 2 && performance.now() < end; ) {
      await settleStops(worker);
      moves += await carryOutDrills(worker);
      await systemClock.sleep(LOOK_EVERY);
    }
  });
  const drill = (await listDrills(lead)).find(({ id }) => id === drillId);
  if (drill?.state !== "done")
    throw new Error(`The drill is ${drill?.state}: ${drill?.fault ?? "it took too long"}.`);
  return drill.reached;
}

function report(reached: readonly ReachView[]): string[] {
  const of = (name: string, pick: (each: ReachView) => number | null) => {
    const samples = reached.flatMap((each) => pick(each) ?? []);
    if (samples.length === 0) return `  ${name.padEnd(46)}       –`;
    const { p50, p99, count } = spreadOf(samples);
    return `  ${name.padEnd(46)}${milliseconds(p50).padStart(8)} ${milliseconds(p99).padStart(8)} ${`n=${count}`.padStart(6)}`;
  };
  return [
    `${" ".repeat(2)}${"milliseconds".padEnd(46)}${"p50".padStart(8)} ${"p99".padStart(8)}`,
    of("stop → the runner was told", ({ told }) => told),
    of("stop → last byte out of the sandbox", ({ network }) => network),
    of("stop → nothing of the run is running", ({ ended }) => ended),
    of("stop_time", ({ stop }) => stop),
  ];
}

async function main(stops: (() => Promise<void>)[]): Promise<number> {
  const plane = await openPlane();
  stops.unshift(plane.close);
  const web = await startWeb(plane);
  stops.unshift(web.stop);
  const work = await arrangeBench(plane);
  const runners = await startRunners(plane, RUNNERS);
  stops.unshift(runners.stop);
  const reached: ReachView[] = [];
  for (let number = 1; number <= ROUNDS; number++) {
    process.stderr.write(`stopping ${RUNNERS} runs, ${number} of ${ROUNDS} …\n`);
    reached.push(...(await round(plane, work)));
  }
  const load = loadavg()
    .map((value) => value.toFixed(1))
    .join(" ");
  console.log(
    `${availableParallelism()} cores (${cpus()[0]?.model ?? "unknown"}), Node ${process.version}, load ${load}`,
  );
  console.log(report(reached).join("\n"));
  const missed = reached.filter(({ outcome }) => outcome !== "stopped");
  for (const { runnerName, outcome } of missed) console.log(`${runnerName}: ${outcome.replaceAll("_", " ")}`);
  const times = reached.flatMap(({ stop }) => stop ?? []);
  const isMet = missed.length === 0 && times.length > 0 && spreadOf(times).p99 <= GOAL;
  console.log(
    `goal p99 ≤ ${GOAL} ms for ${RUNNERS * ROUNDS} runs, every runner reached: ${isMet ? "MET" : "MISSED"}`,
  );
  return isMet ? 0 : 1;
}

const stops: (() => Promise<void>)[] = [];
let stopping: Promise<void> | undefined;

/** What was started last is stopped first. Asked again, it is the same stopping. */
function stopAll(): Promise<void> {
  stopping ??= (async () => {
    for (const stop of stops) await stop();
  })();
  return stopping;
}

function giveUp(why: string): void {
  console.error(`bench:stop ${why}; it stops what it started.`);
  // What is being measured breaks when its database goes away; that must not end us before everything is stopped.
  process.on("uncaughtException", () => undefined);
  void stopAll().finally(() => process.exit(1));
}

const watchdog = setTimeout(() => giveUp("took more than eight minutes"), 8 * MINUTE);
for (const signal of ["SIGINT", "SIGTERM"] as const)
  process.once(signal, () => giveUp(`was ended by ${signal}`));
try {
  process.exitCode = await main(stops);
} finally {
  clearTimeout(watchdog);
  await stopAll();
}
