// Puts what pages are made of back where a database in use has it: in the memory of the host. Filling wrote it long
// ago, and a kernel that pages out what nobody touched for minutes has nothing of it left.
import { open, readdir } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import pg from "pg";

const TABLES = ["log_leaf", "log_term", "log_entry"];
const PIECE = Buffer.allocUnsafe(4 * 1024 * 1024);

async function readFileThrough(path: string): Promise<number> {
  const file = await open(path);
  try {
    for (let bytes = 0; ; ) {
      const { bytesRead } = await file.read(PIECE);
      if (bytesRead === 0) return bytes;
      bytes += bytesRead;
    }
  } finally {
    await file.close();
  }
}

/** Reads the tables of the log with their indexes once; returns how many bytes that were. `data` is the server's folder. */
export async function readThrough(ownerUrl: string, data: string): Promise<number> {
  const client = new pg.Client({ connectionString: ownerUrl });
  await client.connect();
  const { rows } = await client
    .query<{ path: string }>(
      `select pg_relation_filepath(t.oid) as path from pg_class t where relname = any($1) union all
       select pg_relation_filepath(x.indexrelid) from pg_index x join pg_class t on t.oid = x.indrelid
       where t.relname = any($1)`,
      [TABLES],
    )
    .finally(() => client.end());
  let bytes = 0;
  for (const { path } of rows) {
    const folder = join(data, dirname(path));
    const segments = (await readdir(folder)).filter((name) => name.replace(/\.\d+$/, "") === basename(path));
    for (const segment of segments) bytes += await readFileThrough(join(folder, segment));
  }
  return bytes;
}
