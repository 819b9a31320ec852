// Follows the log by a cursor that moves in the transaction which opens what was found: stopped anywhere it goes on
// where it was, and nothing is found twice. What takes time is done before that transaction begins.
import { type Db, read, type Tx, transaction } from "../db.ts";
import { AppError } from "../errors.ts";
import { forget, listSkipped, stumble, wentOn } from "../followers/service.ts";
import { readableEntry } from "../log/rules.ts";
import { NewEvent } from "../protocol/events.ts";
import { detailOf } from "../record/rules.ts";
import type { Entry } from "../record/schema.ts";
import type { Scope } from "../scope.ts";
import { detectEntry, subjectId, WATCHED_KINDS } from "./detect/detect-entries.ts";
import { detectEvents, type WatchedEvent } from "./detect/detect-events.ts";
import { findCursor, moveCursor, selectEvents, selectWatched, type WatchedRange } from "./follow-store.ts";
import { openFindings } from "./open-findings.ts";
import type { Sighting } from "./schema.ts";

/** Entries of one turn, and events: a few megabytes of text at most. */
const LEAVES = 400;
const EVENTS = 400;
/** Entries that are looked at again in one call. */
const SKIPPED = 20;
/** Events before a batch that are read again, because a text may go on from them. */
const BEFORE = 12;
/** A batch has some hundred events; an entry that names more was not written by us. */
const EVENTS_OF_ENTRY = 2000;

interface WatchedEntry {
  readonly position: number;
  readonly at: Date;
  readonly entry: Entry;
  readonly range: WatchedRange | null;
}

/** What was found, by the run it is about; under `null` what no run is known of. */
export type Found = ReadonlyMap<string | null, readonly Sighting[]>;

/**
 * Looks at what was numbered since the last call. Returns how many findings were opened. What cannot be looked at together
 * is looked at one by one; an entry that fails by itself is tried again at the next calls, and then skipped and told of.
 */
export async function followLog(scope: Scope): Promise<number> {
  let opened = 0;
  let alone = 0;
  for (;;) {
    try {
      const turn = await followSome(scope, alone > 0 ? 1 : LEAVES);
      if (turn === null) return opened;
      opened += turn;
      alone -= 1;
    } catch (error) {
      if (alone > 0) await stumbled(scope, error);
      else alone = LEAVES;
    }
  }
}

async function stumbled(scope: Scope, error: unknown): Promise<void> {
  const position = await read(scope, findCursor);
  const skip = (db: Db) => moveCursor(db, position, position + 1);
  await stumble(scope, { follower: "findings", position, error, skip });
}

/** Looks again at what was skipped: another version of the worker may come through. Returns how many are left out no more. */
export async function followSkipped(scope: Scope): Promise<number> {
  const positions = await listSkipped(scope, "findings", SKIPPED);
  let read = 0;
  for (const position of positions) {
    try {
      const { entries } = await look(scope, 1, position);
      const found = await detect(scope, entries);
      await transaction(scope, async (tx) => {
        await openAll(tx, scope, found);
        await forget(tx.db, "findings", [position]);
      });
      read += 1;
    } catch (error) {
      if (error instanceof AppError && error.code === "unavailable") throw error;
    }
  }
  return read;
}

/** Null when there is nothing left, or another worker is at it. */
async function followSome(scope: Scope, limit: number): Promise<number | null> {
  const { from, to, entries } = await look(scope, limit);
  if (to === from) return null;
  const found = await detect(scope, entries);
  return transaction(scope, async (tx) => {
    if (!(await moveCursor(tx.db, from, to))) return null;
    await wentOn(tx.db, "findings", to);
    return openAll(tx, scope, found);
  });
}

async function openAll(tx: Tx, scope: Scope, found: Found): Promise<number> {
  let opened = 0;
  // In one order, so that two who need several runs wait for each other and not both.
  for (const runId of [...found.keys()].sort()) {
    opened += (await openFindings(tx, scope, runId, found.get(runId) ?? [])).opened;
  }
  return opened;
}

async function look(
  scope: Scope,
  limit: number,
  at?: number,
): Promise<{ readonly from: number; readonly to: number; readonly entries: WatchedEntry[] }> {
  return read(scope, async (db) => {
    const from = at ?? (await findCursor(db));
    const { leaves, next } = await selectWatched(db, from, WATCHED_KINDS, limit);
    const entries = leaves.flatMap(({ position, at, body }): WatchedEntry[] => {
      const entry = readableEntry(body);
      return entry ? [{ position, at, entry, range: rangeOf(entry) }] : [];
    });
    const taken = withinEvents(entries);
    const rest = entries[taken.length];
    return { from, to: rest ? rest.position : next, entries: taken };
  });
}

function rangeOf(entry: Entry): WatchedRange | null {
  const batch = detailOf("run.events_appended", entry);
  const runId = subjectId(entry, "run");
  if (!batch || runId === null) return null;
  return { runId, from: batch.from, to: Math.min(batch.to, batch.from + EVENTS_OF_ENTRY - 1) };
}

/** As many as have not more events together than are looked at in one turn; at least one. */
function withinEvents(entries: readonly WatchedEntry[]): WatchedEntry[] {
  let events = 0;
  const over = entries.findIndex(({ range }) => {
    events += range ? range.to - range.from + 1 : 0;
    return events > EVENTS;
  });
  return over === -1 ? [...entries] : entries.slice(0, Math.max(1, over));
}

async function detect(scope: Scope, entries: readonly WatchedEntry[]): Promise<Found> {
  const found = new Map<string | null, Sighting[]>();
  const add = (runId: string | null, sightings: readonly Sighting[]) => {
    if (sightings.length > 0) found.set(runId, [...(found.get(runId) ?? []), ...sightings]);
  };
  for (const { entry, at } of entries) add(subjectId(entry, "run"), detectEntry(entry, at.getTime()));
  const ranges = entries.flatMap(({ range }) => range ?? []);
  for (const [runId, events] of await eventsOf(scope, ranges)) add(runId, await detectEvents(events));
  return found;
}

/** By run. An event whose body was taken away, or is of a kind this version does not know, shows nothing. */
async function eventsOf(scope: Scope, ranges: readonly WatchedRange[]): Promise<Map<string, WatchedEvent[]>> {
  if (ranges.length === 0) return new Map();
  const rows = await read(scope, (db) => selectEvents(db, ranges, BEFORE));
  const events = rows.flatMap(({ runId, seq, attempt, at, kind, body }) => {
    const parsed = NewEvent.safeParse({ kind, body });
    if (!parsed.success) return [];
    const isNew = ranges.some((range) => range.runId === runId && range.from <= seq && seq <= range.to);
    return [{ runId, event: { ...parsed.data, seq, attempt, at: at.getTime(), isNew } }];
  });
  const byRun = Map.groupBy(events, ({ runId }) => runId);
  return new Map([...byRun].map(([runId, own]) => [runId, own.map(({ event }) => event)]));
}
