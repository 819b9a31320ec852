// A database that is not ours to start: can it be used?
import { randomBytes } from "node:crypto";
import pg from "pg";
import { type Clock, SECOND, systemClock } from "#lib/clock.ts";
import { messageOf } from "#lib/errors.ts";
import { type Finding, failed, fine } from "./finding.ts";

const OLDEST = 15;
const LISTEN_PATIENCE = 3 * SECOND;

function connect(url: string): pg.Client {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5 * SECOND });
  client.on("error", () => undefined); // the query that was waiting rejects with it too
  return client;
}

/** Two sessions that both stay open never share a backend, unless a pooler hands backends out per transaction. */
async function sharesBackend(one: pg.Client, other: pg.Client): Promise<boolean> {
  const backend = async (client: pg.Client) => {
    const { rows } = await client.query<{ pid: number }>("select pg_backend_pid() as pid");
    return rows[0]?.pid;
  };
  const first = await backend(one);
  return first === (await backend(other)) || first !== (await backend(one));
}

/** The live pages hear of events through LISTEN, which a session must keep between transactions. */
async function hearsNotifications(one: pg.Client, other: pg.Client, clock: Clock): Promise<boolean> {
  const channel = `pilothouse_check_${randomBytes(4).toString("hex")}`;
  const patience = new AbortController();
  const heard = new Promise<boolean>((resolve) => {
    one.on("notification", (message) => resolve(message.channel === channel));
  });
  await one.query(`listen ${channel}`);
  await other.query(`notify ${channel}`);
  const tooLate = clock.sleep(LISTEN_PATIENCE, patience.signal).then(
    () => false,
    () => false,
  );
  const answer = await Promise.race([heard, tooLate]);
  patience.abort();
  await one.query(`unlisten ${channel}`);
  return answer;
}

const POOLED =
  "DATABASE_URL leads to a pooler in transaction mode, which loses what a session keeps (LISTEN, advisory " +
  "locks): use the server's own port, or a pool in session mode.";

/** Reachable, new enough, and a real session. */
export async function checkDatabase(url: string, clock: Clock = systemClock): Promise<Finding> {
  const name = "Database";
  const where = URL.canParse(url) ? new URL(url).host : "that address";
  const [one, other] = [connect(url), connect(url)];
  try {
    await Promise.all([one.connect(), other.connect()]);
    const { rows } = await one.query<{ version: string }>(
      "select current_setting('server_version_num') as version",
    );
    const major = Math.floor(Number(rows[0]?.version ?? 0) / 10_000);
    if (major < OLDEST) {
      return failed(name, `DATABASE_URL leads to Postgres ${major}; version ${OLDEST} or newer is needed.`);
    }
    if ((await sharesBackend(one, other)) || !(await hearsNotifications(one, other, clock))) {
      return failed(name, POOLED);
    }
    return fine(name, `Postgres ${major} at ${where} answers.`);
  } catch (error) {
    return failed(
      name,
      `The database at ${where} (DATABASE_URL) cannot be used: ${messageOf(error) || "no answer"}.`,
    );
  } finally {
    await Promise.allSettled([one.end(), other.end()]);
  }
}
