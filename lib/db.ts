// The one way to the database. `transaction` writes the entries its function recorded as the last statement
// before commit, so an entry is drawn after the row locks it speaks about (cause before effect).
import pg from "pg";
import { Prisma } from "#generated/prisma/client.ts";
import type { Ring } from "./bell.ts";
import { SECOND } from "./clock.ts";
import { connected, PATIENCE } from "./db/connection.ts";
import { AppError } from "./errors.ts";
import { newId } from "./ids.ts";
import { entryBytes } from "./record/rules.ts";
import type { NewEntry } from "./record/schema.ts";
import type { Scope } from "./scope.ts";

export type Db = Prisma.TransactionClient;

export interface Tx {
  readonly db: Db;
  /** Adds an entry; a governed row changed without one about it refuses the commit. */
  record(entry: NewEntry): void;
  /** Wakes who waits, once this is committed. */
  ring(ring: Ring): void;
}

const TRANSACTION_TIMEOUT = 35 * SECOND;

export { disconnectDatabase } from "./db/connection.ts";

/** One statement, whatever their number; the numbers follow the order they were recorded in. */
async function appendEntries(db: Db, scope: Scope, entries: readonly NewEntry[]): Promise<void> {
  const [first, ...others] = entries.map((entry) => {
    const id = newId("entry", scope.clock.now());
    return { id, kind: entry.kind, about: [...entry.about], body: entryBytes(id, entry, scope) };
  });
  if (!first) return;
  if (others.length === 0) {
    await db.$executeRaw`
      insert into log_entry (id, kind, about, body)
      values (${first.id}, ${first.kind}, ${first.about}, ${first.body})`;
  } else {
    const rows = [first, ...others];
    await db.$executeRaw`
      insert into log_entry (id, kind, about, body)
      select id, kind, array(select jsonb_array_elements_text(about)), body from unnest(
        ${rows.map(({ id }) => id)}::text[],
        ${rows.map(({ kind }) => kind)}::text[],
        ${rows.map(({ about }) => JSON.stringify(about))}::jsonb[],
        ${rows.map(({ body }) => body)}::bytea[]) with ordinality as row (id, kind, about, body, place)
      order by place`;
  }
}

/** Open pages look again. Event batches have a call of their own and are too many for this one. */
const grew = (entries: readonly NewEntry[]): readonly Ring[] =>
  entries.some(({ kind }) => kind !== "run.events_appended") ? [{ channel: "record_grew", payload: "" }] : [];

/** Prisma's code and the database's own, e.g. P2010 and 57014. */
function codesOf(error: unknown): readonly string[] {
  if (error instanceof pg.DatabaseError) return [error.code ?? ""];
  if (!(error instanceof Prisma.PrismaClientKnownRequestError)) return [];
  const driver = error.meta?.driverAdapterError as { cause?: { originalCode?: string } } | undefined;
  return [error.code, driver?.cause?.originalCode ?? ""];
}

const hasCode = (error: unknown, codes: readonly string[]) =>
  codesOf(error).some((code) => codes.includes(code));

// Serialization failure, deadlock, and Prisma's name for both.
const RETRYABLE = ["40001", "40P01", "P2034"];

// Not reachable, gone in mid-sentence, no connection free in time, shutting down or starting, too many
// connections, statement took too long.
const NO_ANSWER = [
  "P1001",
  "P1002",
  "P1008",
  "P1017",
  "P2024",
  "P2028",
  "57P01",
  "57P02",
  "57P03",
  "53300",
  "57014",
];

/** disk_full: the statement is undone as a whole. */
const NO_SPACE = ["53100"];

function translated(error: unknown): unknown {
  if (hasCode(error, NO_SPACE)) {
    const full = "The database's disk is full. Nothing was saved; try again once there is space.";
    return new AppError("unavailable", full, { cause: error, retryAfter: 30 });
  }
  return hasCode(error, NO_ANSWER) ? noAnswer(error) : error;
}

function noAnswer(cause: unknown): AppError {
  const sentence = "The database does not answer. Try again in a moment.";
  return new AppError("unavailable", sentence, { cause, retryAfter: 2 });
}

/**
 * Runs `fn` in one transaction and commits its entries with it. Serialization failures and deadlocks are
 * retried, so `fn` must have no effect outside the database. Throws what `fn` throws.
 */
export async function transaction<T>(scope: Scope, fn: (tx: Tx) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    const entries: NewEntry[] = [];
    const rings: Ring[] = [];
    const { client, bell } = connected();
    try {
      const value = await client.$transaction(
        async (db) => {
          const record = (entry: NewEntry) => void entries.push(entry);
          const given = await fn({ db, record, ring: (ring) => void rings.push(ring) });
          await appendEntries(db, scope, entries);
          return given;
        },
        { timeout: TRANSACTION_TIMEOUT, maxWait: PATIENCE },
      );
      bell.ring([...rings, ...grew(entries)]);
      return value;
    } catch (error) {
      if (attempt >= 4 || !hasCode(error, RETRYABLE)) throw translated(error);
    }
  }
}

/**
 * Reads; refused by the database if `fn` tries to write. Each statement stands for itself and sees what is committed when it
 * begins, as it would inside a transaction; none keeps a connection from the next, which `fn` may well ask for elsewhere.
 */
export async function read<T>(_scope: Scope, fn: (db: Db) => Promise<T>): Promise<T> {
  try {
    return await fn(connected().reader);
  } catch (error) {
    throw isLost(error) ? noAnswer(error) : translated(error);
  }
}

/** Sent in one round trip, and prepared once a connection. */
export interface Statement {
  readonly name: string;
  readonly text: string;
  readonly values: readonly unknown[];
}

const isLost = (error: unknown) =>
  error instanceof Error &&
  !(error instanceof pg.DatabaseError) &&
  /^(?:Connection terminated|timeout exceeded when trying to connect|connect E|read E|write E)/.test(
    error.message,
  );

/**
 * A transaction that is one statement, past the client library: the statement itself writes the entries it needs. Rows
 * as the database gives them. Serialization failures and deadlocks are tried again; throws as `transaction` does.
 */
export async function statement<T extends object>(
  _scope: Scope,
  { name, text, values }: Statement,
  rings: readonly Ring[] = [],
): Promise<T[]> {
  for (let attempt = 1; ; attempt++) {
    const { pool, bell } = connected();
    try {
      const { rows } = await pool.query<T>({ name, text, values: [...values] });
      bell.ring(rings);
      return rows;
    } catch (error) {
      if (isLost(error)) throw noAnswer(error);
      if (attempt >= 4 || !hasCode(error, RETRYABLE)) throw translated(error);
    }
  }
}

/** What the database says of its own accord: an error of our functions, by its code. */
export const isSaid = (error: unknown, code: string): boolean => hasCode(error, [code]);

/** True for a violated unique constraint; stores translate it to a sentence. */
export function isDuplicate(error: unknown): boolean {
  return error instanceof Prisma.PrismaClientKnownRequestError && error.code === "P2002";
}
