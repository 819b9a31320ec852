// Rows changed by who owns the database, with every trigger switched off.
import type pg from "pg";
import { leafHash } from "#lib/tlog/hashing.ts";
import type { Random } from "../random.ts";
import type { Tried } from "./attempt.ts";
import type { World } from "./world.ts";

type Work = (db: pg.Pool, random: Random, world: World) => Promise<unknown>;

const attack = (name: string, work: Work): Tried => ({
  name,
  isDirty: true,
  async run(world, random) {
    await work(world.database.owner, random, world);
    return {};
  },
});

async function sizeOf(db: pg.Pool): Promise<number> {
  const { rows } = await db.query<{ size: string }>("select count(*) as size from log_leaf");
  return Number(rows[0]?.size);
}

interface LeafRow {
  readonly index: number;
  readonly id: string;
  readonly body: Buffer;
}

async function leafOf(db: pg.Pool, index: number): Promise<LeafRow> {
  const { rows } = await db.query<{ id: string; body: Buffer }>(
    "select e.id, e.body from log_leaf l join log_entry e on e.id = l.entry_id where l.index = $1",
    [index],
  );
  const [row] = rows;
  if (!row) throw new Error(`There is no leaf ${index}.`);
  return { index, ...row };
}

const anyLeaf = async (db: pg.Pool, random: Random) => leafOf(db, random.below(await sizeOf(db)));

/** Another letter or digit in one place. */
function altered(body: Buffer, random: Random): Buffer {
  const changed = Buffer.from(body);
  const places = [...changed.keys()].filter((at) => /[a-y0-8]/.test(String.fromCharCode(changed[at] ?? 0)));
  const at = random.pick(places);
  changed[at] = (changed[at] ?? 0) + 1;
  return changed;
}

async function edit(db: pg.Pool, random: Random): Promise<LeafRow> {
  const leaf = await anyLeaf(db, random);
  const body = altered(leaf.body, random);
  await db.query("update log_entry set body = $2 where id = $1", [leaf.id, body]);
  return { ...leaf, body };
}

const rehash = (db: pg.Pool, { index, body }: LeafRow) =>
  db.query("update log_leaf set hash = $2 where index = $1", [index, leafHash(body)]);

async function remove(db: pg.Pool, random: Random): Promise<LeafRow> {
  const leaf = await anyLeaf(db, random);
  await db.query("delete from log_leaf where index = $1", [leaf.index]);
  await db.query("delete from log_entry where id = $1", [leaf.id]);
  return leaf;
}

/** Moves all leaves from `index` on by one place; negative in between, since places are unique. */
async function shift(db: pg.Pool, index: number, by: number): Promise<void> {
  await db.query("update log_leaf set index = -index - 1, position = -position - 1 where index >= $1", [
    index,
  ]);
  await db.query(
    "update log_leaf set index = -index - 1 + $1, position = -position - 1 + $1 where index < 0",
    [by],
  );
}

async function insert(db: pg.Pool, random: Random): Promise<void> {
  const { index, id, body } = await anyLeaf(db, random);
  const added = Buffer.from(body.toString("utf8").replace(id, `${id}x`));
  await shift(db, index, 1);
  await db.query(
    "insert into log_entry (id, kind, about, body) select id || 'x', kind, about, $2 from log_entry where id = $1",
    [id, added],
  );
  await db.query(
    `insert into log_leaf (position, epoch, index, entry_id, at, hash)
     select $1, epoch, $1, $2, at, $3 from log_leaf where entry_id = $4`,
    [index, `${id}x`, leafHash(added), id],
  );
}

async function swapLeaves(db: pg.Pool, random: Random, withHash: boolean): Promise<void> {
  const size = await sizeOf(db);
  const index = random.below(size - 1);
  const [one, two] = [await leafOf(db, index), await leafOf(db, index + 1 + random.below(size - index - 1))];
  await db.query("update log_leaf set entry_id = '' where index = $1", [one.index]);
  await db.query("update log_leaf set entry_id = $2 where index = $1", [two.index, one.id]);
  await db.query("update log_leaf set entry_id = $2 where index = $1", [one.index, two.id]);
  if (!withHash) return;
  await rehash(db, { ...one, index: two.index });
  await rehash(db, { ...two, index: one.index });
}

/** `deep`: with the checkpoints over it and the notary's counter, as if it had never been. */
async function cutTail(
  db: pg.Pool,
  random: Random,
  { deep, below }: { deep: boolean; below: number },
): Promise<void> {
  const from = 1 + random.below(below - 1);
  await db.query("delete from log_entry where id in (select entry_id from log_leaf where index >= $1)", [
    from,
  ]);
  await db.query("delete from log_leaf where index >= $1", [from]);
  if (!deep) return;
  await db.query("delete from log_checkpoint where size > $1", [from]);
  await db.query("update notary_state set size = $1, position = $1", [from]);
}

/** Two rows of a run that differ in what is swapped. */
async function oneOf<T extends pg.QueryResultRow>(db: pg.Pool, random: Random, sql: string): Promise<T> {
  const { rows } = await db.query<T>(sql);
  return random.pick(rows);
}

const anyEvent = (db: pg.Pool, random: Random) =>
  oneOf<{ run_id: string; seq: number }>(
    db,
    random,
    "select run_id, seq from run_event where body is not null order by run_id, seq",
  );

const event = (name: string, change: string): Tried =>
  attack(name, async (db, random) => {
    const { run_id, seq } = await anyEvent(db, random);
    await db.query(`update run_event set ${change} where run_id = $1 and seq = $2`, [run_id, seq]);
  });

const text = (name: string, table: string, column: string): Tried =>
  attack(name, async (db, random) => {
    const cited = `select id, ${column} as text from ${table} order by id`;
    const row = await oneOf<{ id: string; text: string }>(db, random, cited);
    const changed = altered(Buffer.from(row.text, "utf8"), random).toString("utf8");
    await db.query(`update ${table} set ${column} = $2 where id = $1`, [row.id, changed]);
  });

const BLOBS = "select id from blob where salt is not null order by id";
const blob = (name: string, change: string): Tried =>
  attack(name, async (db, random) => {
    const { id } = await oneOf<{ id: string }>(db, random, BLOBS);
    await db.query(change, [id]);
  });

export const databaseAttacks: readonly Tried[] = [
  attack("an entry edited", edit),
  attack("an entry edited, its hash too", async (db, random) => rehash(db, await edit(db, random))),
  {
    name: "the hash of a leaf edited",
    isDirty: true,
    async run({ database: { owner } }, random) {
      const leaf = await anyLeaf(owner, random);
      await rehash(owner, { ...leaf, body: altered(leaf.body, random) });
      return { proves: leaf.id };
    },
  },
  attack("an entry deleted", async (db, random) => {
    const { id } = await anyLeaf(db, random);
    await db.query("delete from log_entry where id = $1", [id]);
  }),
  attack("an entry deleted with its number", remove),
  attack("an entry deleted and the gap closed", async (db, random) =>
    shift(db, (await remove(db, random)).index + 1, -1),
  ),
  attack("an entry inserted", insert),
  attack("two entries swapped", (db, random) => swapLeaves(db, random, false)),
  attack("two entries swapped with their hashes", (db, random) => swapLeaves(db, random, true)),
  attack("the tail cut off", async (db, random) =>
    cutTail(db, random, { deep: false, below: await sizeOf(db) }),
  ),
  attack("the tail cut off with its checkpoints and the notary's counter", (db, random, { heldSize }) =>
    cutTail(db, random, { deep: true, below: heldSize }),
  ),
  attack("an old backup of the database restored", (_db, _random, { backup }) => backup.restoreDatabase()),
  attack("the root of a checkpoint changed", async (db, random) => {
    const root = random.bytes(32);
    await db.query(
      `update log_checkpoint set root = $1, note = regexp_replace(note, '\\n[^\\n]{44}\\n', $2)
       where size = (select max(size) from log_checkpoint)`,
      [root, `\n${root.toString("base64")}\n`],
    );
  }),
  attack("an older checkpoint shown as the newest", (db, _random, { heldSize }) =>
    db.query("delete from log_checkpoint where size >= $1", [heldSize]),
  ),
  event("the body of an event changed", "body = jsonb_set(body, '{x}', '1')"),
  event("the time of an event changed", "at = at + interval '1 second'"),
  event(
    "the observer of an event changed",
    "observed_by = case observed_by when 'worker' then 'runner' else 'worker' end",
  ),
  event("the attempt of an event changed", "attempt = attempt + 1"),
  event("the salt of an event changed", "salt = sha256(salt)"),
  event("an event said to be redacted", `body = '{"redacted":true}', salt = null, commitment = sha256('x')`),
  attack("an event deleted", async (db, random) => {
    const { run_id, seq } = await anyEvent(db, random);
    await db.query("delete from run_event where run_id = $1 and seq = $2", [run_id, seq]);
  }),
  attack("the events of two runs swapped", async (db, random) => {
    const { run_id, seq } = await anyEvent(db, random);
    await db.query(
      `update run_event e set body = o.body, salt = o.salt from run_event o
       where e.run_id = $1 and e.seq = $2 and o.run_id <> $1 and o.seq = $2`,
      [run_id, seq],
    );
  }),
  text("a decision document edited", "gate", "document"),
  text("a charter edited", "charter", "canonical"),
  text("evidence edited", "evidence", "canonical"),
  blob("the salt of a blob changed", "update blob set salt = sha256(salt) where id = $1"),
  blob("a blob's row deleted", "delete from blob where id = $1"),
  blob("a blob said to be redacted", "update blob set salt = null, deleted_at = now() where id = $1"),
  blob("a blob said to have another commitment", "update blob set commitment = sha256 where id = $1"),
];
