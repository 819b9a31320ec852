// npm run bench:kpis -- [--sizes 0.1,1,10]
// What the pilot board takes over runs of a year, at sizes in millions of events (a hundred a run, and ten thousand runs a
// pilot, the most a charter gives), and what its facts cost those who write rows. In a temporary folder, which is removed.
// Filling ten million events takes five minutes. Exit code 1: a goal was missed.
import { availableParallelism, cpus, loadavg } from "node:os";
import { parseArgs } from "node:util";
import { BoardQuery } from "#lib/boards/schema.ts";
import { getBoard } from "#lib/boards/service.ts";
import { MINUTE, SECOND } from "#lib/clock.ts";
import { readKpis } from "#lib/kpis/read-kpi.ts";
import type { KpiId } from "#lib/kpis/schema/kpi-id.ts";
import { interleave } from "../interleave.ts";
import { type LogPlace, openLogPlace } from "../log/place.ts";
import { arrangeBench, type BenchWork } from "../place/work.ts";
import { HEADING, isTakenMet, MOST_SLOWED, slowedText, type Taken, takenText } from "./figures.ts";
import { EVENTS_OF_RUN, type Filled, fillPilots } from "./fill.ts";
import { type Ingest, measureIngest } from "./ingest.ts";
import { settleFilled } from "./outside.ts";
import { openPeer } from "./peer.ts";

/** The board's goal, and what twelve of its numbers are designed to take. */
const MOST = { board: 100, twelve: 25 };
const TWELVE: readonly KpiId[] = [
  ...([
    "throughput",
    "agent_lead_time",
    "review_to_merge",
    "merged_share",
    "validated_fixes",
    "caught_rate",
  ] as const),
  ...([
    "rejected_rate",
    "escaped_rate",
    "revert_rate",
    "cost_per_run",
    "decision_time",
    "finding_precision",
  ] as const),
];
const BOARDS = { rounds: 40, warmUp: 4 };
const BOARD_TIME = 40 * SECOND;
const INGEST_TIME = 60 * SECOND;
const PATIENCE = 15 * MINUTE;

const say = (text: string) => process.stderr.write(`${text}\n`);
const millions = (events: number) => `${Number((events / 1e6).toFixed(2))} M`;

function sizes(): number[] {
  const { values } = parseArgs({ options: { sizes: { type: "string", default: "0.1,1,10" } } });
  const asked = values.sizes.split(",").map((text) => Number(text) * 1e6);
  if (asked.some((events) => !Number.isSafeInteger(events) || events < 1e5 || events % 1e5 !== 0))
    throw new Error(`--sizes takes millions of events like 0.1,1,10, not “${values.sizes}”.`);
  return asked.sort((a, b) => a - b);
}

const timed = (work: () => Promise<unknown>) => async () => {
  const began = performance.now();
  await work();
  return performance.now() - began;
};

async function until<T>(milliseconds: number, work: (isOver: () => boolean) => Promise<T>): Promise<T> {
  const end = performance.now() + milliseconds;
  return work(() => performance.now() > end);
}

async function measureBoards(place: LogPlace, { lead }: BenchWork, filled: Filled): Promise<Taken[]> {
  const [pilotId = ""] = filled.pilots;
  const boardOf = (change: Partial<BoardQuery>) => () =>
    getBoard(lead, BoardQuery.parse({ pilotId, ...change }));
  const { span, asOf, numbers } = await boardOf({})();
  const told = numbers.filter(({ reading }) => reading.state === "value").length;
  if (told < 20)
    throw new Error(`Only ${told} numbers of the board have a value: it was not filled as it should be.`);
  const peer = openPeer(place.urls.owner, { pilotId, ...span });
  const events: number[] = [];
  try {
    const taken = await until(BOARD_TIME, (isOver) =>
      interleave(
        {
          all: timed(boardOf({ range: "all" })),
          month: timed(boardOf({ range: "28d", compare: "previous" })),
          split: timed(boardOf({ range: "all", split: "agentId" })),
          twelve: timed(() => readKpis(lead, TWELVE, { pilotId, ...span, asOf })),
          peer: peer.board,
          floor: peer.floor,
        },
        { ...BOARDS, isOver },
      ),
    );
    for (let time = 0; time < 2; time++) events.push(await peer.events());
    const beside = { peer: taken.peer, floor: taken.floor };
    const of = `${millions(filled.events)} events, ${filled.runs} runs`;
    return [
      {
        name: `the board of all time (${told} numbers), ${of}`,
        ours: taken.all,
        ...beside,
        most: MOST.board,
      },
      { name: "the board of 28 days beside the 28 before", ours: taken.month, ...beside, most: MOST.board },
      { name: "the board of all time, split by agent", ours: taken.split, ...beside, most: null },
      {
        name: `twelve numbers (designed for p95 ≤ ${MOST.twelve})`,
        ours: taken.twelve,
        ...beside,
        most: null,
      },
      {
        name: "the same beside three of them from events",
        ours: taken.twelve,
        ...beside,
        peer: events,
        most: null,
      },
    ];
  } finally {
    await peer.close();
  }
}

interface Measured {
  readonly boards: Taken[];
  readonly ingest: Ingest | null;
}

async function measureAt(events: number, hasIngest: boolean): Promise<Measured> {
  const began = performance.now();
  const filling: Filled[] = [];
  const place = await openLogPlace(async (owner) => void filling.push(await fillPilots(owner, events)));
  stops.unshift(place.close);
  const [filled] = filling;
  if (!filled) throw new Error("Nothing was filled.");
  const work = await arrangeBench(place);
  await settleFilled(place, filled, work.pilotId);
  say(`${millions(events)} events filled in ${Math.round((performance.now() - began) / SECOND)} s`);
  const boards = await measureBoards(place, work, filled);
  say([HEADING, ...boards.map(takenText)].join("\n"));
  const ingest = hasIngest ? await until(INGEST_TIME, (isOver) => measureIngest(place, work, isOver)) : null;
  stops.shift();
  await place.close();
  return { boards, ingest };
}

async function main(): Promise<number> {
  const load = () =>
    loadavg()
      .map((value) => value.toFixed(1))
      .join(" ");
  const [before, began] = [load(), performance.now()];
  const asked = sizes();
  const measured: Measured[] = [];
  for (const events of asked) measured.push(await measureAt(events, events === asked.at(-1)));
  console.log(`${availableParallelism()} cores (${cpus()[0]?.model ?? "unknown"}), Node ${process.version}`);
  const seconds = Math.round((performance.now() - began) / SECOND);
  console.log(`load over 1, 5 and 15 minutes before: ${before}; after: ${load()}; took ${seconds} s\n`);
  console.log([HEADING, ...measured.flatMap(({ boards }) => boards.map(takenText))].join("\n"));
  const missed = measured.flatMap(({ boards }) =>
    boards.filter((taken) => !isTakenMet(taken)).map(({ name }) => name),
  );
  for (const { ingest } of measured) {
    if (ingest === null) continue;
    const name = `a run of ${EVENTS_OF_RUN} events and its moves, slowed by facts`;
    console.log(`\n${slowedText(name, ingest.slowedPercent, ingest.rounds)}`);
    if (ingest.slowedPercent > MOST_SLOWED) missed.push(name);
  }
  if (missed.length > 0) console.log(`\nMissed: ${missed.join("; ")}.`);
  return missed.length > 0 ? 1 : 0;
}

const stops: (() => Promise<void>)[] = [];
async function stopAll(): Promise<void> {
  for (const stop of stops.splice(0)) await stop();
}
const watchdog = setTimeout(() => {
  console.error("bench:kpis took more than a quarter of an hour; it gives up.");
  void stopAll().finally(() => process.exit(1));
}, PATIENCE);
for (const signal of ["SIGINT", "SIGTERM"] as const)
  process.once(signal, () => void stopAll().finally(() => process.exit(1)));
try {
  process.exitCode = await main();
} finally {
  clearTimeout(watchdog);
  await stopAll();
}
