import { randomBytes } from "node:crypto";
import { read, type Tx, transaction } from "../db.ts";
import type { NewEvent, RunEvent } from "../protocol/events.ts";
import type { Scope } from "../scope.ts";
import type { StoredEvent } from "./proof.ts";
import { batchTree, eventCommitment, eventLeaf, eventTime, numbered, SALT_BYTES, saltOf } from "./rules.ts";
import {
  drawNumbers,
  findLastNumber,
  insertEvents,
  makePartitions,
  selectCommands,
  selectEvents,
  selectStored,
} from "./store.ts";

export interface Batch {
  readonly runId: string;
  readonly attempt: number;
  readonly observedBy: RunEvent["observedBy"];
  /** `at` is the observer's clock, ISO 8601. */
  readonly events: readonly { readonly at: string; readonly event: NewEvent }[];
}

/** Appends a batch and the entry that binds it. Returns the number of its last event. */
export async function appendEvents(tx: Tx, batch: Batch): Promise<number> {
  const { first, charter } = await drawNumbers(tx.db, batch.runId, batch.events.length);
  const events = numbered(first, batch.attempt, batch.observedBy, batch.events);
  const salts = randomBytes(SALT_BYTES * events.length);
  await insertEvents(tx.db, batch.runId, events, salts);
  const leaves = events.map((event, index) =>
    eventLeaf(event, eventCommitment(saltOf(salts, index), event.body)),
  );
  const last = first + events.length - 1;
  tx.record({
    kind: "run.events_appended",
    about: [`run:${batch.runId}`],
    charter,
    detail: { attempt: batch.attempt, from: first, to: last, root: batchTree(leaves).root.toString("hex") },
  });
  tx.ring({ channel: "run_changed", payload: batch.runId });
  return last;
}

/** One event the control plane itself observed. */
export async function appendOwnEvent(
  tx: Tx,
  scope: Scope,
  runId: string,
  attempt: number,
  event: NewEvent,
): Promise<void> {
  const at = eventTime(scope.clock.now());
  await appendEvents(tx, { runId, attempt, observedBy: "worker", events: [{ at, event }] });
}

/** Events of a run numbered above `after`. The caller has checked that the scope may see the run. */
export async function listEvents(
  scope: Scope,
  runId: string,
  after: number,
  limit: number,
): Promise<RunEvent[]> {
  return read(scope, (db) => selectEvents(db, runId, after, limit));
}

/** Number of the run's last event. The caller has checked that the scope may see the run. */
export async function lastEvent(scope: Scope, runId: string): Promise<number> {
  return read(scope, (db) => findLastNumber(db, runId));
}

/** Events `from` to `to` with salts and commitments: a batch to be proved. The caller has checked visibility. */
export async function listStoredEvents(
  scope: Scope,
  runId: string,
  from: number,
  to: number,
): Promise<StoredEvent[]> {
  return read(scope, (db) => selectStored(db, runId, from, to));
}

/** Commands of an attempt whose end is in the timeline: what a claim may rest on. */
export async function commandsOf(tx: Tx, runId: string, attempt: number): Promise<ReadonlySet<number>> {
  return new Set(await selectCommands(tx.db, runId, attempt));
}

/** By the clock: months ahead of time, since an event without a partition cannot be stored. */
export async function ensurePartitions(scope: Scope): Promise<void> {
  await transaction(scope, (tx) => makePartitions(tx.db));
}
