// The database of this deployment: the embedded one, or the owner's URL in DATABASE_URL.
import pg from "pg";
import { refused } from "#lib/errors.ts";
import { ensureServer } from "#lib/postgres/server.ts";
import { checkDatabase } from "./checks/database.ts";
import type { Identities } from "./identities.ts";
import type { Layout } from "./layout.ts";

const NAME = "pilothouse";

export interface Database {
  readonly ownerUrl: string;
  /** One sentence for the person at the terminal. */
  readonly sentence: string;
  /** Stops what we started; an external server is left alone. */
  stop(): Promise<void>;
}

async function createIfMissing(adminUrl: string): Promise<void> {
  const client = new pg.Client({ connectionString: adminUrl });
  await client.connect();
  try {
    const { rowCount } = await client.query("select from pg_database where datname = $1", [NAME]);
    if (!rowCount) await client.query(`create database ${NAME}`);
  } finally {
    await client.end();
  }
}

async function openEmbedded(layout: Layout, who: Identities): Promise<Database> {
  const server = await ensureServer({ folder: layout.postgres, identity: who.postgres });
  await createIfMissing(server.ownerUrl("postgres"));
  return {
    ownerUrl: server.ownerUrl(NAME),
    sentence: `Postgres ${server.adopted ? "was running already" : "started"} on port ${server.port}`,
    stop: server.stop,
  };
}

async function openExternal(url: string): Promise<Database> {
  const finding = await checkDatabase(url);
  if (!finding.ok) throw refused(finding.sentence);
  return { ownerUrl: url, sentence: finding.sentence.replace(/\.$/, ""), stop: async () => undefined };
}

export function openDatabase(url: string | undefined, layout: Layout, who: Identities): Promise<Database> {
  return url ? openExternal(url) : openEmbedded(layout, who);
}
