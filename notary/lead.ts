// One notary at a time: a lock on this host for its folder, and one in the database for its tables, both let go however
// the holder ends. Whoever comes second waits and says so.
import pg from "pg";
import { type Clock, SECOND } from "#lib/clock.ts";
import { type HostLock, tryHostLock } from "#lib/host-lock.ts";
import type { Logger } from "#lib/logger.ts";

export interface Leadership {
  /** Does the numbering. */
  readonly client: pg.Client;
  /** For everything that may take long. */
  readonly side: pg.Client;
  /** Rejects when a connection is lost, and the leadership with it. */
  readonly lost: Promise<never>;
  end(): Promise<void>;
}

/**
 * A number that a crash could take back would be given twice. And the newest rows are found by index, one by one,
 * whatever the statistics say of tables that grow this fast: no plan reads a whole table to find a few.
 */
const SETTINGS = [
  "synchronous_commit = on",
  "enable_seqscan = off",
  "enable_bitmapscan = off",
  "enable_hashjoin = off",
  "enable_mergejoin = off",
];

/** A connection as the notary has them. */
export async function connectNotary(url: string, name: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url, application_name: name, keepAlive: true });
  await client.connect();
  for (const setting of SETTINGS) await client.query(`set ${setting}`);
  return client;
}

const lossOf = (client: pg.Client): Promise<never> =>
  new Promise((_, reject) => {
    client.on("error", reject);
    client.on("end", () => reject(new Error("the connection to the database ended")));
  });

async function waitFor<T>(
  take: () => Promise<T | null>,
  onWait: () => void,
  clock: Clock,
  signal: AbortSignal,
): Promise<T> {
  for (let isFirst = true; ; isFirst = false) {
    const taken = await take();
    if (taken !== null) return taken;
    if (isFirst) onWait();
    await clock.sleep(SECOND, signal);
  }
}

const NOT_AVAILABLE = "55P03";

/**
 * The lock is one that only the notary's role may take: an advisory lock would be anybody's, who could keep every notary
 * from leading. The transaction stays open and holds no snapshot, so it keeps no row from being vacuumed.
 */
async function tryDatabaseLock(keeper: pg.Client): Promise<true | null> {
  await keeper.query("begin");
  try {
    await keeper.query("lock table notary_alarm in share update exclusive mode nowait");
    return true;
  } catch (error) {
    await keeper.query("rollback");
    if (error instanceof pg.DatabaseError && error.code === NOT_AVAILABLE) return null;
    throw error;
  }
}

/** Resolves once this process leads; rejects with the signal's reason, or where the database cannot be reached. */
export async function lead(
  url: string,
  own: string,
  logger: Logger,
  clock: Clock,
  signal: AbortSignal,
): Promise<Leadership> {
  const waits = (where: string) => () => logger.warn(`another notary leads ${where}; this one waits`);
  const lock: HostLock = await waitFor(
    () => tryHostLock(`notary ${own}`),
    waits("on this host"),
    clock,
    signal,
  );
  const client = await connectNotary(url, "pilothouse notary");
  const side = await connectNotary(url, "pilothouse notary, beside");
  const keeper = await connectNotary(url, "pilothouse notary, leading");
  await keeper.query("set idle_in_transaction_session_timeout = 0");
  const lost = Promise.race([lossOf(client), lossOf(side), lossOf(keeper)]);
  lost.catch(() => undefined); // who awaits it hears of it; ending on purpose is nobody's error
  await waitFor(() => tryDatabaseLock(keeper), waits("in this database"), clock, signal);
  return {
    client,
    side,
    lost,
    async end() {
      await Promise.allSettled([client.end(), side.end(), keeper.end()]);
      await lock.release();
    },
  };
}
