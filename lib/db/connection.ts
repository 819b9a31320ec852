// The process's connections: one pool that writes, one whose every statement the database refuses to let write.
import { PrismaPg } from "@prisma/adapter-pg";
import pg from "pg";
import { PrismaClient } from "#generated/prisma/client.ts";
import { type Bell, createBell } from "../bell.ts";
import { SECOND, systemClock } from "../clock.ts";
import { unavailable } from "../errors.ts";
import { createLogger } from "../logger.ts";

const STATEMENT_TIMEOUT = 30 * SECOND;
/** How long a transaction waits for a connection that is free. */
export const PATIENCE = 10 * SECOND;

// Next loads this module once per bundle; the pools belong to the process.
const holder = globalThis as { pilothouseDatabase?: Connected };

interface Connected {
  readonly client: PrismaClient;
  readonly pool: pg.Pool;
  /** For reads alone. Each of their statements stands for itself, so that none holds a connection while it waits for another. */
  readonly reader: PrismaClient;
  readonly readPool: pg.Pool;
  readonly bell: Bell;
}

export function connected(): Connected {
  holder.pilothouseDatabase ??= connect();
  return holder.pilothouseDatabase;
}

const RING_GAP = 50;

function connect(): Connected {
  const { client, pool } = makeClient();
  const { client: reader, pool: readPool } = makeClient({
    options: "-c default_transaction_read_only=on",
    connectionTimeoutMillis: PATIENCE,
  });
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
  return { client, pool, reader, readPool, bell };
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

function makeClient(settings: pg.PoolConfig = {}): { client: PrismaClient; pool: pg.Pool } {
  const url = process.env.DATABASE_URL;
  if (!url) throw unavailable("DATABASE_URL is not set for this process.");
  const bounds = { max: 10, statement_timeout: STATEMENT_TIMEOUT };
  const pool = new pg.Pool({ connectionString: url, ...bounds, ...settings });
  // A lost connection is told to the query that waits for it. The adapter stops listening before the last word is read.
  pool.on("connect", (client) => client.on("error", () => undefined));
  pool.on("error", () => undefined); // one that nobody used; the pool has let go of it
  const options = { disposeExternalPool: true, statementNameGenerator: statementName };
  return { client: new PrismaClient({ adapter: new PrismaPg(pool, options) }), pool };
}

/** Ends the process's pools; the next call connects anew. */
export async function disconnectDatabase(): Promise<void> {
  const { bell, client, pool, reader, readPool } = holder.pilothouseDatabase ?? {};
  await bell?.quiet();
  await Promise.all([client?.$disconnect(), reader?.$disconnect()]);
  // A client that was asked nothing disposes of nothing, though statements went past it.
  for (const each of [pool, readPool]) if (each?.ending === false) await each.end();
  delete holder.pilothouseDatabase;
}
