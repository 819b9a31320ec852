// Databases as the schema engine asks for them: by URL, made and dropped through the server's `postgres`.
import pg from "pg";

/** Splits a URL into the maintenance database's URL and the name of the database it meant. */
export function maintenanceUrl(url: string): { readonly admin: string; readonly database: string } {
  const parsed = new URL(url);
  const database = decodeURIComponent(parsed.pathname.slice(1));
  parsed.pathname = "/postgres";
  parsed.searchParams.delete("schema");
  return { admin: parsed.toString(), database };
}

async function withClient<T>(url: string, fn: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await fn(client);
  } finally {
    await client.end();
  }
}

export async function canConnect(url: string): Promise<void> {
  await withClient(url, (client) => client.query("select 1"));
}

export async function createDatabase(url: string): Promise<string> {
  const { admin, database } = maintenanceUrl(url);
  await withClient(admin, (client) => client.query(`create database ${pg.escapeIdentifier(database)}`));
  return database;
}

export async function dropDatabase(url: string): Promise<void> {
  const { admin, database } = maintenanceUrl(url);
  const sql = `drop database if exists ${pg.escapeIdentifier(database)} with (force)`;
  await withClient(admin, (client) => client.query(sql));
}

/** The code Prisma's CLI knows for a failed connection. */
export function errorCode(error: unknown): string {
  const code = error instanceof pg.DatabaseError ? (error.code ?? "") : "";
  if (code === "3D000") return "P1003";
  return code.startsWith("28") ? "P1000" : "P1001";
}
