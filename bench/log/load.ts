// The same rows two ways: through the product, and as one plain statement into a plain table of the same columns.
import pg from "pg";
import { transaction } from "#lib/db.ts";
import { appendEvents } from "#lib/events/service.ts";
import type { NewEvent } from "#lib/protocol/events.ts";
import type { Scope } from "#lib/scope.ts";
import { createRandom } from "../attack/random.ts";

export const BATCH = 100;
const BODY_BYTES = 1024;
const AT = "2026-01-02T03:04:05.678Z";

export interface TimedEvent {
  readonly at: string;
  readonly event: NewEvent;
}

const WORDS = ["PASS", "FAIL", "at", "Object.<anonymous>", "src/index.js:10:5", "expected", "received", "ms"];

/** Output of a command as a runner sends it, about 1 KB a piece. */
export function outputEvents(seed: number, count: number): TimedEvent[] {
  const random = createRandom(seed);
  return Array.from({ length: count }, () => {
    let text = "";
    while (text.length < BODY_BYTES - 60)
      text += `${random.pick(WORDS)} ${random.bytes(4).toString("hex")}${random.below(8) === 0 ? "\n" : " "}`;
    return { at: AT, event: { kind: "command_output", body: { command: 1, stream: "stdout", text } } };
  });
}

/** One batch in one transaction, as the runner's endpoint appends it. */
export const appendBatch = (scope: Scope, runId: string, events: readonly TimedEvent[]): Promise<number> =>
  transaction(scope, (tx) => appendEvents(tx, { runId, attempt: 1, observedBy: "runner", events }));

export interface RawWriter {
  append(runId: string, events: readonly TimedEvent[]): Promise<void>;
  close(): Promise<void>;
}

export async function createRawTable(owner: pg.ClientBase): Promise<void> {
  await owner.query(`create table bench_raw (
    run_id text collate "C" not null, seq integer not null, attempt integer not null, at timestamptz(3) not null,
    observed_by text not null, kind text not null, body jsonb not null, primary key (run_id, seq))`);
}

const INSERT = `insert into bench_raw (run_id, seq, attempt, at, observed_by, kind, body)
  select $1, * from unnest($2::int[], $3::int[], $4::timestamptz[], $5::text[], $6::text[], $7::jsonb[])`;

/** Nothing but the driver: one prepared statement a batch, which is its own transaction. */
export async function openRawWriter(connectionString: string): Promise<RawWriter> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  const numbers = new Map<string, number>();
  return {
    async append(runId, events) {
      const first = (numbers.get(runId) ?? 0) + 1;
      numbers.set(runId, first + events.length - 1);
      await client.query({
        name: "bench_raw",
        text: INSERT,
        values: [
          runId,
          events.map((_, index) => first + index),
          events.map(() => 1),
          events.map(({ at }) => at),
          events.map(() => "runner"),
          events.map(({ event }) => event.kind),
          events.map(({ event }) => JSON.stringify(event.body)),
        ],
      });
    },
    close: () => client.end(),
  };
}
