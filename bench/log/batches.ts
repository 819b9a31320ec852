// node bench/log/batches.ts
// Events bound by one entry a batch, against an entry of its own for every event: what each costs to append through
// `transaction`, to keep, and to number and sign. Half a minute, in a temporary folder. Figures: docs/adr/0007.
import { availableParallelism } from "node:os";
import pg from "pg";
import { transaction } from "#lib/db.ts";
import { appendEvents } from "#lib/events/service.ts";
import { stateDigest } from "#lib/record/change.ts";
import { arrangeBench, type BenchWork } from "../place/work.ts";
import { quantile } from "../stats.ts";
import { appendBatch, BATCH, outputEvents, type TimedEvent } from "./load.ts";
import { type RunningNotary, startNotary } from "./notary.ts";
import { type LogPlace, openLogPlace } from "./place.ts";

const ROUNDS = 5;
const WRITERS = 4;
/** Of each writer, in each round. */
const BATCHES = 15;

type Append = (place: LogPlace, runId: string, events: readonly TimedEvent[]) => Promise<unknown>;

const bound: Append = (place, runId, events) => appendBatch(place.scope, runId, events);

/** As if each event were an entry: the same rows of events, and as many entries as there are events. */
const alone: Append = ({ scope }, runId, events) =>
  transaction(scope, async (tx) => {
    const last = await appendEvents(tx, { runId, attempt: 1, observedBy: "runner", events });
    const charter = stateDigest({ of: "an entry of its own" });
    for (let seq = last - events.length + 2; seq <= last; seq++) {
      const detail = { attempt: 1, from: seq, to: seq, root: stateDigest({ seq }) };
      tx.record({ kind: "run.events_appended", about: [`run:${runId}`], charter, detail });
    }
  });

interface Cost {
  readonly perSecond: number;
  readonly bytes: number;
  /** From the last commit until a checkpoint covers everything, milliseconds. */
  readonly toSign: number;
}

const SIZE = `select pg_total_relation_size('log_entry') + pg_total_relation_size('log_leaf') as bytes,
  (select count(*) from log_entry) as entries`;

async function sizeOf(owner: pg.Client): Promise<{ bytes: number; entries: number }> {
  const { rows } = await owner.query<{ bytes: string; entries: string }>(SIZE);
  return { bytes: Number(rows[0]?.bytes), entries: Number(rows[0]?.entries) };
}

interface Stage {
  readonly place: LogPlace;
  readonly owner: pg.Client;
  readonly notary: RunningNotary;
  readonly runs: readonly string[];
}

async function round({ place, owner, notary, runs }: Stage, append: Append): Promise<Cost> {
  const events = outputEvents(1, BATCH);
  const before = await sizeOf(owner);
  await notary.untilSigned(before.entries);
  const began = performance.now();
  await Promise.all(
    runs.map(async (runId) => {
      for (let nth = 0; nth < BATCHES; nth++) await append(place, runId, events);
    }),
  );
  const written = performance.now();
  const after = await sizeOf(owner);
  await notary.untilSigned(after.entries);
  const count = runs.length * BATCHES * BATCH;
  const settled = await sizeOf(owner);
  return {
    perSecond: (count * 1000) / (written - began),
    bytes: (settled.bytes - before.bytes) / count,
    toSign: performance.now() - written,
  };
}

function line(name: string, costs: readonly Cost[]): string {
  const median = (of: (cost: Cost) => number) => quantile(costs.map(of), 0.5);
  const events = `${Math.round(median((cost) => cost.perSecond))} events/s`;
  const bytes = `${median((cost) => cost.bytes).toFixed(1)} bytes/event`;
  return `${name.padEnd(24)} ${events.padStart(16)} ${bytes.padStart(20)}   signed ${Math.round(median((cost) => cost.toSign))} ms after the last commit`;
}

async function main(): Promise<void> {
  const place = await openLogPlace();
  const owner = new pg.Client({ connectionString: place.server.ownerUrl("pilothouse") });
  try {
    await owner.connect();
    const work: BenchWork = await arrangeBench(place);
    const runs: string[] = [];
    for (let nth = 0; nth < WRITERS; nth++) runs.push((await work.launch(`Batches ${nth}`)).runId);
    const notary = await startNotary(place);
    const costs = { bound: [] as Cost[], alone: [] as Cost[] };
    try {
      for (let nth = 0; nth <= ROUNDS; nth++) {
        const stage = { place, owner, notary, runs };
        const pair = { bound: await round(stage, bound), alone: await round(stage, alone) };
        if (nth === 0) continue; // warm-up
        costs.bound.push(pair.bound);
        costs.alone.push(pair.alone);
      }
    } finally {
      await notary.stop();
    }
    const setting = `${availableParallelism()} cores, ${WRITERS} writers, batches of ${BATCH} events of 1 KB, medians of ${ROUNDS} rounds`;
    console.log(
      [setting, line("one entry a batch", costs.bound), line("an entry an event", costs.alone)].join("\n"),
    );
  } finally {
    await owner.end();
    await place.close();
  }
}

await main();
