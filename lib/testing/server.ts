// One Postgres for all tests of this checkout: started by whoever comes first, stopped by whoever leaves
// last, so test runs at the same time share it.
import { createHash } from "node:crypto";
import { mkdirSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { MINUTE } from "#lib/clock.ts";
import { waitForHostLock } from "#lib/host-lock.ts";
import { ensureServer, type PostgresServer } from "#lib/postgres/server.ts";

const root = new URL("../..", import.meta.url).pathname;

const isRoot = process.getuid?.() === 0;

/** As root Postgres needs another user; the same one as the product gives it. */
const POSTGRES = { uid: 60_900, gid: 60_900 };

/** Outside the checkout, because that may be closed to the user Postgres runs as. */
export function testFolder(): string {
  const uid = process.getuid?.() ?? 0;
  const checkout = createHash("sha256").update(root).digest("hex").slice(0, 8);
  const folder = process.env.PILOTHOUSE_TEST_DATA ?? join(tmpdir(), `pilothouse-test-${uid}-${checkout}`);
  mkdirSync(folder, { recursive: true, mode: 0o755 });
  if (statSync(folder).uid !== uid)
    throw new Error(`${folder} belongs to somebody else; set PILOTHOUSE_TEST_DATA.`);
  return folder;
}

export interface TestServer {
  readonly server: PostgresServer;
  readonly folder: string;
  /** Stops the server unless another holder is left. */
  leave(): Promise<void>;
}

const HOLDER = "pilothouse test holder";

async function otherHolders(holder: pg.Client): Promise<number> {
  const { rows } = await holder.query<{ holders: number }>(
    `select count(*)::int as holders from pg_stat_activity where application_name = $1 and pid <> pg_backend_pid()`,
    [HOLDER],
  );
  return rows[0]?.holders ?? 0;
}

export async function joinTestServer(): Promise<TestServer> {
  const folder = testFolder();
  const gate = () => waitForHostLock(`test server ${folder}`, MINUTE);
  const entering = await gate();
  try {
    const server = await ensureServer({
      folder: join(folder, "postgres"),
      identity: isRoot ? POSTGRES : null,
      settings: { fsync: "off", full_page_writes: "off", max_connections: "300" },
    });
    const holder = new pg.Client({
      connectionString: server.ownerUrl("postgres"),
      application_name: HOLDER,
      keepAlive: true,
    });
    holder.on("error", () => undefined); // the server going away ends what is being held
    await holder.connect();
    return {
      server,
      folder,
      async leave() {
        const leaving = await gate();
        try {
          const others = await otherHolders(holder);
          await holder.end();
          if (others === 0) await server.stop();
        } finally {
          await leaving.release();
        }
      },
    };
  } finally {
    await entering.release();
  }
}
