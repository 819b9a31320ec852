// npm run bench:policy
// What deciding costs: a permission, a charter made into policy, an inbox of ten thousand gates. Beside ours CASL for
// permissions, and the least the machine needs for each. Exit code 1: a goal was missed.
import { availableParallelism, cpus, loadavg } from "node:os";
import { MINUTE } from "#lib/clock.ts";
import { interleave } from "../interleave.ts";
import { openPlane } from "../place/plane.ts";
import { startWeb } from "../place/web.ts";
import { arrangeBench } from "../place/work.ts";
import { type Measure, missed, reportText } from "../report.ts";
import { compilers } from "./compile.ts";
import { judges, series, thousandDecisions } from "./decisions.ts";
import { fillInbox, openRows, pageOnce, settle } from "./inbox.ts";

const say = (text: string) => process.stderr.write(`${text}\n`);

async function decisions(): Promise<Measure> {
  const judge = judges();
  const { ours, peer, floor } = await interleave(
    {
      ours: async () => thousandDecisions(judge.ours),
      peer: async () => thousandDecisions(judge.peer),
      floor: async () => thousandDecisions(judge.floor),
    },
    { rounds: 100, warmUp: 10 },
  );
  return {
    name: "a thousand permission decisions",
    ours: series("can(), over six grants", ours),
    peer: series("CASL 7, rules built beforehand", peer),
    floor: series("one look into a set", floor),
    goal: { kind: "times_peer", most: 1 },
  };
}

async function compile(): Promise<Measure> {
  const { ours, floor, bytes } = compilers();
  const timed = (work: () => unknown) => async () => {
    const began = performance.now();
    work();
    return performance.now() - began;
  };
  const samples = await interleave({ ours: timed(ours), floor: timed(floor) }, { rounds: 500, warmUp: 50 });
  return {
    name: `a charter of ${bytes} bytes made into policy`,
    ours: series("parsed, checked, compiled", samples.ours),
    peer: null,
    floor: series("JSON.parse and SHA-256", samples.floor),
    goal: { kind: "milliseconds", most: 5 },
  };
}

async function inbox(stops: (() => Promise<void>)[]): Promise<Measure> {
  const plane = await openPlane();
  stops.unshift(plane.close);
  const web = await startWeb(plane);
  stops.unshift(web.stop);
  const work = await arrangeBench(plane);
  say("opening ten thousand gates …");
  const gates = await fillInbox(work);
  await settle(plane);
  const rows = await openRows(plane);
  stops.unshift(rows.close);
  say("measuring the inbox …");
  const { ours, floor } = await interleave(
    { ours: () => pageOnce(plane, work), floor: rows.once },
    { rounds: 100, warmUp: 10 },
  );
  return {
    name: `the inbox with ${gates} gates open`,
    ours: series("/inbox, the whole page", ours),
    peer: null,
    floor: series("50 rows of open gates by SQL", floor),
    goal: { kind: "milliseconds", most: 100 },
  };
}

async function main(stops: (() => Promise<void>)[]): Promise<number> {
  const load = () =>
    loadavg()
      .map((value) => value.toFixed(1))
      .join(" ");
  const before = load();
  say("measuring decisions and charters …");
  const measures = [await decisions(), await compile(), await inbox(stops)];
  const facts = [
    `${availableParallelism()} cores (${cpus()[0]?.model ?? "unknown"}), Node ${process.version}`,
    `load over 1, 5 and 15 minutes before: ${before}; after: ${load()}`,
  ];
  console.log(reportText(facts, measures));
  const late = missed(measures);
  if (late.length > 0) console.log(`\nMissed: ${late.join("; ")}.`);
  return late.length > 0 ? 1 : 0;
}

const stops: (() => Promise<void>)[] = [];
const watchdog = setTimeout(() => {
  console.error("bench:policy took more than five minutes; it gives up.");
  void stopAll().finally(() => process.exit(1));
}, 5 * MINUTE);

async function stopAll(): Promise<void> {
  for (const stop of stops.splice(0)) await stop();
}

for (const signal of ["SIGINT", "SIGTERM"] as const)
  process.once(signal, () => void stopAll().finally(() => process.exit(1)));
try {
  process.exitCode = await main(stops);
} finally {
  clearTimeout(watchdog);
  await stopAll();
}
