// Reads what the notary has numbered, in its order, and writes what entries and events are found by, with the cursor
// in the same transaction: stopped anywhere it goes on where it was, and twice is as good as once.
import { type Db, transaction } from "../db.ts";
import { AppError } from "../errors.ts";
import { forget, noteSkipped } from "../followers/service.ts";
import { actorTerm, readableEntry } from "../log/rules.ts";
import { pilotsOfSubjects } from "../log/service.ts";
import { NewEvent } from "../protocol/events.ts";
import { detailOf } from "../record/rules.ts";
import type { Entry } from "../record/schema.ts";
import type { Scope } from "../scope.ts";
import { searchVector } from "../text/words.ts";
import { countWithin, keptText, termsOf, textsOf } from "./rules.ts";
import {
  deleteSome,
  type IndexBatch,
  type IndexEvent,
  type IndexLeaf,
  type IndexText,
  insertTerms,
  insertTexts,
  lockCursor,
  moveCursor,
  selectBatchEvents,
  selectLeavesFrom,
} from "./store.ts";

const LEAVES = 500;
const EVENTS = 2000;
/** A batch has some hundred events; an entry that names more was not written by us. */
const EVENTS_OF_ENTRY = 2000;

interface ReadLeaf extends IndexLeaf {
  /** Null where its bytes cannot be read: the columns beside them are used then. */
  readonly entry: Entry | null;
  readonly batch: IndexBatch | null;
}

/** Indexes what was numbered since the last call. Returns how many entries. */
export async function indexLog(scope: Scope): Promise<number> {
  let indexed = 0;
  for (;;) {
    const some = await indexSome(scope, LEAVES, writeTexts)
      .catch(unlessUnavailable(() => indexSome(scope, 1, writeTexts)))
      .catch(unlessUnavailable((error) => indexSome(scope, 1, withoutTexts(error))));
    if (some === 0) return indexed;
    indexed += some;
  }
}

/** What Postgres will not take is written one by one, then without its texts: nothing an event says stops the index. */
const unlessUnavailable =
  (again: (error: unknown) => Promise<number>) =>
  (error: unknown): Promise<number> => {
    if (error instanceof AppError) throw error;
    return again(error);
  };

/** Said where operators look. */
const withoutTexts = (error: unknown) => (db: Db, leaves: readonly ReadLeaf[]) =>
  noteSkipped(
    db,
    "log_index",
    leaves.map(({ position }) => position),
    error,
  );

async function indexSome(
  scope: Scope,
  limit: number,
  write: (db: Db, leaves: readonly ReadLeaf[]) => Promise<void>,
): Promise<number> {
  return transaction(scope, async ({ db }) => {
    const cursor = await lockCursor(db);
    const leaves = cursor === null ? [] : await selectLeavesFrom(db, cursor, limit);
    const read = leaves.map(readLeaf);
    const taken = read.slice(0, countWithin(read.map(eventsOf), EVENTS));
    const last = taken.at(-1);
    if (!last) return 0;
    await writeTerms(db, taken);
    await write(db, taken);
    await moveCursor(db, last.position + 1);
    return taken.length;
  });
}

/** Starts anew: everything is found again once `indexLog` has gone through the log. Returns how many rows went. */
export async function forgetIndex(scope: Scope): Promise<number> {
  let removed = 0;
  await transaction(scope, async ({ db }) => {
    await lockCursor(db);
    await moveCursor(db, 0);
    await forget(db, "log_index", "all");
  });
  for (;;) {
    const some = await transaction(scope, ({ db }) => deleteSome(db, 20_000));
    if (some === 0) return removed;
    removed += some;
  }
}

function readLeaf(leaf: IndexLeaf): ReadLeaf {
  const entry = readableEntry(leaf.body);
  return { ...leaf, entry, batch: entry ? batchOf(entry, leaf.position) : null };
}

function batchOf(entry: Entry, position: number): IndexBatch | null {
  const detail = detailOf("run.events_appended", entry) ?? rangeOf(entry);
  const run = entry.about.find((subject) => subject.startsWith("run:"));
  if (!detail || !run) return null;
  const to = Math.min(detail.to, detail.from + EVENTS_OF_ENTRY - 1);
  return { position, runId: run.slice("run:".length), from: detail.from, to };
}

/** Entries of the first form name the same range. */
function rangeOf({ kind, detail }: Entry): { from: number; to: number } | null {
  const { from, to } = detail;
  const isRange = typeof from === "number" && typeof to === "number" && Math.max(from, to) < 2 ** 31;
  return kind === "run.events_appended" && isRange ? { from, to } : null;
}

const eventsOf = ({ batch }: ReadLeaf): number => (batch ? Math.max(0, batch.to - batch.from + 1) : 0);

async function writeTerms(db: Db, leaves: readonly ReadLeaf[]): Promise<void> {
  const subjectsOf = ({ entry, about }: ReadLeaf) => entry?.about ?? about;
  const pilots = await pilotsOfSubjects(db, leaves.flatMap(subjectsOf));
  await insertTerms(
    db,
    leaves.flatMap((leaf) => {
      const about = subjectsOf(leaf);
      const terms = termsOf({
        kind: leaf.entry?.kind ?? leaf.kind,
        about,
        actor: leaf.entry ? actorTerm(leaf.entry.actor) : "unreadable",
        pilots: about.flatMap((subject) => pilots.get(subject) ?? []),
      });
      return terms.map((term) => ({ term, position: leaf.position }));
    }),
  );
}

async function writeTexts(db: Db, leaves: readonly ReadLeaf[]): Promise<void> {
  const batches = leaves.flatMap(({ batch }) => batch ?? []);
  if (batches.length === 0) return;
  const texts = (await selectBatchEvents(db, batches)).flatMap(searchable);
  if (texts.length > 0) await insertTexts(db, texts);
}

/** Nothing of an event whose body was taken away. */
function searchable({ kind, body, ...event }: IndexEvent): IndexText[] {
  const parsed = NewEvent.safeParse({ kind, body });
  if (!parsed.success) return [];
  return textsOf(parsed.data).map(({ field, text }) => ({
    ...event,
    field,
    text: keptText(text),
    words: searchVector(text),
  }));
}
