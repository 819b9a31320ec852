// node bench/sizes.ts
// What an entry, an event and a run take on disk: rows with their indexes, tiles, and the search index. In a temporary
// deployment with the product's own processes' work, which is removed.
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import pg from "pg";
import { indexLog } from "#lib/log-index/service.ts";
import { appendOne } from "./log/acknowledge.ts";
import { appendBatch, BATCH, outputEvents } from "./log/load.ts";
import { notaryFolders, startNotary } from "./log/notary.ts";
import { type LogPlace, openLogPlace } from "./log/place.ts";
import { arrangeBench } from "./place/work.ts";

const ENTRIES = 20_000;
const BATCHES = 200;
const RUNS = 300;
const AT_ONCE = 8;

type Sizes = ReadonlyMap<string, number>;

/** Bytes of every table with its indexes and long values; partitions count for their table. */
async function tableSizes(owner: pg.Client): Promise<Sizes> {
  await owner.query("vacuum analyze");
  const { rows } = await owner.query<{ name: string; bytes: string }>(
    `select coalesce(p.relname, c.relname) as name, sum(pg_total_relation_size(c.oid)) as bytes
     from pg_class c left join pg_inherits i on i.inhrelid = c.oid left join pg_class p on p.oid = i.inhparent
     where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace group by 1`,
  );
  return new Map(rows.map(({ name, bytes }) => [name, Number(bytes)]));
}

async function bytesBelow(folder: string): Promise<number> {
  let sum = 0;
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (entry.isFile()) sum += (await stat(join(entry.parentPath, entry.name))).blocks * 512;
  }
  return sum;
}

/** Does `work` so many times, some at once. */
async function times(count: number, work: (index: number) => Promise<unknown>): Promise<void> {
  let next = 0;
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (let index = next++; index < count; index = next++) await work(index);
    }),
  );
}

async function entryCount(owner: pg.Client): Promise<number> {
  const { rows } = await owner.query<{ count: number }>("select count(*)::int as count from log_entry");
  return rows[0]?.count ?? 0;
}

interface Measured {
  readonly what: string;
  readonly count: number;
  readonly tables: ReadonlyMap<string, number>;
  readonly tiles: number;
}

async function measure(
  place: LogPlace,
  owner: pg.Client,
  what: string,
  count: number,
  work: () => Promise<void>,
): Promise<Measured> {
  const folders = notaryFolders(place.layout);
  const settle = async () => {
    const notary = await startNotary(place);
    await notary.untilSigned(await entryCount(owner));
    await notary.stop();
    await place.asWorker(async () => {
      while ((await indexLog(place.scope)) > 0);
    });
  };
  await settle();
  const [before, tilesBefore] = [await tableSizes(owner), await bytesBelow(folders.log)];
  await work();
  await settle();
  const [after, tilesAfter] = [await tableSizes(owner), await bytesBelow(folders.log)];
  const grown = [...after].map(([name, bytes]) => [name, bytes - (before.get(name) ?? 0)] as const);
  return { what, count, tables: new Map(grown), tiles: tilesAfter - tilesBefore };
}

function shown({ what, count, tables, tiles }: Measured): string {
  const each = (bytes: number) => Math.round(bytes / count).toLocaleString("en");
  const lines = [...tables]
    .filter(([, bytes]) => bytes / count >= 1)
    .sort((a, b) => b[1] - a[1])
    .map(([name, bytes]) => `  ${name.padEnd(22)} ${each(bytes).padStart(8)} B`);
  const all = [...tables.values()].reduce((sum, bytes) => sum + bytes, 0);
  return [
    `${what} (${count.toLocaleString("en")} measured)`,
    ...lines,
    `  ${"tiles and bundles".padEnd(22)} ${each(tiles).padStart(8)} B`,
    `  ${"together".padEnd(22)} ${each(all + tiles).padStart(8)} B`,
    "",
  ].join("\n");
}

const place = await openLogPlace();
const owner = new pg.Client({ connectionString: place.server.ownerUrl("pilothouse") });
try {
  await owner.connect();
  const work = await arrangeBench(place);
  const { runId } = await work.launch("Sizes");
  console.log(
    shown(
      await measure(place, owner, "One entry in a transaction of its own", ENTRIES, () =>
        times(ENTRIES, (index) => appendOne(place.scope, index)),
      ),
    ),
  );
  console.log(
    shown(
      await measure(place, owner, "One event of 1 KB in a batch of 100", BATCHES * BATCH, () =>
        times(BATCHES, (index) => appendBatch(place.scope, runId, outputEvents(index, BATCH))),
      ),
    ),
  );
  console.log(
    shown(
      await measure(place, owner, "One launched run, before its events", RUNS, () =>
        times(RUNS, (index) => work.launch(`Run ${index}`)),
      ),
    ),
  );
} finally {
  await owner.end();
  await place.close();
}
