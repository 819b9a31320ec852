// What people wait for, measured on this machine: `npm run bench:spine`, or with names of parts to measure only these.
// It starts what it needs, in a temporary folder, and stops all of it. Exit code 1: a goal was missed.
import { readFileSync } from "node:fs";
import { availableParallelism, cpus, loadavg } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { MINUTE, SECOND } from "#lib/clock.ts";
import { measureDiff } from "./diff/measure.ts";
import { measureDispatch } from "./dispatch/measure.ts";
import { measureEvents } from "./events/measure.ts";
import type { Rounds } from "./interleave.ts";
import { openBrowser } from "./place/browser.ts";
import { type BenchPlane, openPlane } from "./place/plane.ts";
import { startWeb } from "./place/web.ts";
import { arrangeBench, type BenchWork } from "./place/work.ts";
import { type Measure, missed, reportText } from "./report.ts";
import { measureSandbox } from "./sandbox/measure.ts";

interface Place {
  readonly plane: BenchPlane;
  readonly work: BenchWork;
}

interface Part {
  readonly rounds: number;
  readonly warmUp: number;
  /** Rounds stop after this, milliseconds. */
  readonly most: number;
  measure(place: Place, rounds: Rounds): Promise<Measure[]>;
}

const PARTS: Readonly<Record<string, Part>> = {
  sandbox: {
    ...{ rounds: 200, warmUp: 5, most: 45 * SECOND },
    measure: ({ plane }, rounds) => measureSandbox(plane.folder, rounds),
  },
  dispatch: {
    ...{ rounds: 100, warmUp: 5, most: 50 * SECOND },
    measure: ({ plane, work }, rounds) => measureDispatch(plane, work, rounds),
  },
  events: {
    ...{ rounds: 200, warmUp: 5, most: 25 * SECOND },
    measure: ({ plane, work }, rounds) =>
      inBrowser(plane, work, (browser) => measureEvents(plane, work, browser, rounds)),
  },
  diff: {
    ...{ rounds: 12, warmUp: 1, most: 40 * SECOND },
    measure: ({ plane, work }, rounds) =>
      inBrowser(plane, work, (browser) => measureDiff(plane, work, browser, rounds)),
  },
};

async function inBrowser<T>(
  plane: BenchPlane,
  work: BenchWork,
  use: (browser: Awaited<ReturnType<typeof openBrowser>>) => Promise<T>,
): Promise<T> {
  const browser = await openBrowser(plane.url, work);
  try {
    return await use(browser);
  } finally {
    await browser.close();
  }
}

function partsAsked(): [string, Part][] {
  const { positionals } = parseArgs({ allowPositionals: true });
  const unknown = positionals.find((name) => !(name in PARTS));
  if (unknown) throw new Error(`There is no part “${unknown}”; there are ${Object.keys(PARTS).join(", ")}.`);
  return Object.entries(PARTS).filter(([name]) => positionals.length === 0 || positionals.includes(name));
}

const load = (): string =>
  loadavg()
    .map((value) => value.toFixed(1))
    .join(" ");

async function measureAll(place: Place, parts: readonly [string, Part][]): Promise<Measure[]> {
  const measures: Measure[] = [];
  for (const [name, { rounds, warmUp, most, measure }] of parts) {
    const end = performance.now() + most;
    process.stderr.write(`measuring ${name} …\n`);
    measures.push(...(await measure(place, { rounds, warmUp, isOver: () => performance.now() > end })));
  }
  return measures;
}

async function main(stops: (() => Promise<void>)[]): Promise<number> {
  const parts = partsAsked();
  const began = performance.now();
  const loadBefore = load();
  const plane = await openPlane();
  stops.unshift(plane.close);
  const web = await startWeb(plane);
  stops.unshift(web.stop);
  const measures = await measureAll({ plane, work: await arrangeBench(plane) }, parts);
  const seconds = Math.round((performance.now() - began) / SECOND);
  const build = readFileSync(join(plane.root, ".next/BUILD_ID"), "utf8");
  const facts = [
    `${availableParallelism()} cores (${cpus()[0]?.model ?? "unknown"}), Node ${process.version}, pages built as ${build}`,
    `load over 1, 5 and 15 minutes before: ${loadBefore}; after: ${load()}; took ${seconds} s`,
  ];
  console.log(reportText(facts, measures));
  const late = missed(measures);
  if (late.length > 0) console.log(`\nMissed: ${late.join("; ")}.`);
  return late.length > 0 ? 1 : 0;
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
  console.error(`bench:spine ${why}; it stops what it started.`);
  // What is being measured breaks when its database goes away; that must not end us before everything is stopped.
  process.on("uncaughtException", () => undefined);
  void stopAll().finally(() => process.exit(1));
}

const watchdog = setTimeout(() => giveUp("took more than four minutes"), 4 * MINUTE);
for (const signal of ["SIGINT", "SIGTERM"] as const)
  process.once(signal, () => giveUp(`was ended by ${signal}`));
try {
  process.exitCode = await main(stops);
} finally {
  clearTimeout(watchdog);
  await stopAll();
}
