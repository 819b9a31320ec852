// The one way to the database. `transaction` writes the entries its function recorded as the last statement
// before commit, so an entry is drawn after the row locks it speaks about (cause before effect).
import { PrismaPg } from "@prisma/adapter-pg";
import pg from "pg";
import { Prisma, PrismaClient } from "#generated/prisma/client.ts";
import { type Bell, createBell, type Ring } from "./bell.ts";
import { systemClock } from "./clock.ts";
import { AppError, unavailable } from "./errors.ts";
import { newId } from "./ids.ts";
import { createLogger } from "./logger.ts";
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

const STATEMENT_TIMEOUT = 30_000;
const TRANSACTION_TIMEOUT = 35_000;

// Next loads this module once per bundle; the pool belongs to the process.
const holder = globalThis as { pilothouseDatabase?: Connected };

interface Connected {
  readonly client: PrismaClient;
  readonly pool: pg.Pool;
  readonly bell: Bell;
}

function connected(): Connected {
  holder.pilothouseDatabase ??= connect();
  return holder.pilothouseDatabase;
}

const RING_GAP = 50;

function connect(): Connected {
  const { client, pool } = makeClient();
  const bell = createBell({
    send: (rings) =>
      pool.query({
        name: "ring",
        text: "select pg_notify(channel, payload) from unnest($1::text[], $2::text[]) as ring (channel, payload)",
        values: [rings.map(({ channel }) => channel), rings.map(({ payload }) => payload)],
      }),
    failed: (error) => createLogger("database").warn({ err: error }, "wake-up calls were lost"),
    pause: () => systemClock.sleep(RING_GAP),
  });
  return { client, pool, bell };
}

/** Inserts alone, since their plan is the same for all values; the server then reads each text once a connection. */
function statementName({ sql }: { readonly sql: string }): string {
  if (!/^\s*(insert|BEGIN$)/.test(sql)) return "";
  const known = statementNames.get(sql);
  if (known !== undefined || statementNames.size >= MOST_NAMES) return known ?? "";
  const name = `s${statementNames.size + 1}`;
  statementNames.set(sql, name);
  return name;
}

const statementNames = new Map<string, string>();
const MOST_NAMES = 200;

function makeClient(): { client: PrismaClient; pool: pg.Pool } {
  const url = process.env.DATABASE_URL;
  if (!url) throw unavailable("DATABASE_URL is not set for this process.");
  const pool = new pg.Pool({ connectionString: url, max: 10, statement_timeout: STATEMENT_TIMEOUT });
  // A lost connection is told to the query that waits for it. The adapter stops listening before the last word is read.
  pool.on("connect", (client) => client.on("error", () => undefined));
  const options = { disposeExternalPool: true, statementNameGenerator: statementName };
  return { client: new PrismaClient({ adapter: new PrismaPg(pool, options) }), pool };
}

/** Ends the process's pool; the next call connects anew. */
export async function disconnectDatabase(): Promise<void> {
  const { bell, client, pool } = holder.pilothouseDatabase ?? {};
  await bell?.quiet();
  await client?.$disconnect();
  // A client that was asked nothing disposes of nothing, though statements went past it.
  if (pool?.ending === false) await pool.end();
  delete holder.pilothouseDatabase;
}

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
        { timeout: TRANSACTION_TIMEOUT, maxWait: 10_000 },
      );
      bell.ring([...rings, ...grew(entries)]);
      return value;
    } catch (error) {
      if (attempt >= 4 || !hasCode(error, RETRYABLE)) throw translated(error);
    }
  }
}

/** Reads; refused by the database if `fn` tries to write. */
export async function read<T>(_scope: Scope, fn: (db: Db) => Promise<T>): Promise<T> {
  try {
    return await connected().client.$transaction(
      async (db) => {
        await db.$executeRaw`set transaction read only`;
        return fn(db);
      },
      { timeout: TRANSACTION_TIMEOUT, maxWait: 10_000 },
    );
  } catch (error) {
    throw translated(error);
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
  /^(?:Connection terminated|connect E|read E|write E)/.test(error.message);

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
