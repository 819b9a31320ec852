// A backlog is numbered in pieces, and may be interrupted between any two of them.
import fc from "fast-check";
import pg from "pg";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type NotaryScene, notaryScene } from "#lib/testing/notary-scene.ts";
import { leafHash } from "#lib/tlog/hashing.ts";
import { memoryTree } from "#lib/tlog/memory-tree.ts";
import type { Step } from "../tick.ts";
import { hasFresh, numberPiece, readHead, seenAt } from "./number.ts";

const WRITERS = 4;

let scene: NotaryScene;
let writers: pg.Client[];

beforeEach(async () => {
  scene = await notaryScene();
  writers = [];
  for (let at = 0; at < WRITERS; at++) {
    const client = new pg.Client({ connectionString: scene.database.urls.owner });
    await client.connect();
    writers.push(client);
  }
});
afterEach(async () => {
  await Promise.allSettled(writers.map((client) => client.end()));
  await scene.end();
});

/** The notary's connection, which ends before or after the database has heard its commit. */
function dying(when: "before" | "after"): pg.ClientBase {
  const { client } = scene;
  const query = async (text: string, values?: unknown[]) => {
    if (text !== "commit") return client.query(text, values);
    await client.query(when === "before" ? "rollback" : "commit");
    throw new Error("killed");
  };
  return { query } as unknown as pg.ClientBase;
}

const ACTS = [
  "write",
  "write",
  "undone",
  "commit",
  "commit",
  "rollback",
  "piece",
  "piece",
  "before",
  "after",
] as const;
type Act = readonly [(typeof ACTS)[number], number];

/** What each entry did, by the steps of the play. */
interface Life {
  readonly written: number;
  committed: number | null;
}

/** Transactions and pieces one after the other, as the acts say. */
async function play(name: number, acts: readonly Act[], limit: number): Promise<Map<string, Life>> {
  const lives = new Map<string, Life>();
  const open = writers.map(() => [] as string[]);
  const write = async (writer: number, id: string) =>
    writers[writer]?.query("insert into log_entry (id, kind, about, body) values ($1, 'test', '{}', $2)", [
      id,
      Buffer.from(id),
    ]);
  const end = async (writer: number, how: "commit" | "rollback", step: number) => {
    await writers[writer]?.query(how);
    for (const id of open[writer] ?? []) {
      const life = lives.get(id);
      if (life && how === "commit") life.committed = step;
    }
    open[writer] = [];
  };
  for (const [step, [act, writer]] of acts.entries()) {
    const own = open[writer] ?? [];
    const id = `ent_${name}_${step}`;
    if (act === "piece") await numberPiece(scene.client, 1, limit);
    else if (act === "before" || act === "after")
      await expect(numberPiece(dying(act), 1, limit)).rejects.toThrow("killed");
    else if (act === "write" || act === "undone") {
      if (own.length === 0) await writers[writer]?.query("begin");
      if (act === "undone") await writers[writer]?.query("savepoint one");
      await write(writer, act === "undone" ? `${id}_undone` : id);
      if (act === "undone") await writers[writer]?.query("rollback to one");
      lives.set(act === "undone" ? `${id}_kept` : id, { written: step, committed: null });
      if (act === "undone") await write(writer, `${id}_kept`);
      own.push(act === "undone" ? `${id}_kept` : id);
    } else if (own.length > 0) await end(writer, act, step);
  }
  for (let writer = 0; writer < WRITERS; writer++) await end(writer, "commit", acts.length + writer);
  return lives;
}

async function numberAll(limit: number): Promise<number> {
  for (let pieces = 0; ; pieces++) {
    const head = await readHead(scene.client, 0);
    if (!head || !(await hasFresh(scene.client, head))) return pieces;
    expect((await numberPiece(scene.client, 1, limit)).count).toBeLessThanOrEqual(limit);
  }
}

async function leaves(): Promise<{ id: string; index: number; position: number }[]> {
  const { rows } = await scene.database.owner.query<{ id: string; index: number; position: number }>(
    "select entry_id as id, index::int, position::int from log_leaf order by index",
  );
  return rows;
}

test("every committed entry has one number, after all it follows from, however pieces, transactions and kills fall", async () => {
  await scene.start().tick();
  let name = 0;
  let before = 0;
  const act = fc.tuple(fc.constantFrom(...ACTS), fc.nat(WRITERS - 1));
  await fc.assert(
    fc.asyncProperty(fc.array(act, { minLength: 10, maxLength: 60 }), async (acts) => {
      name += 1;
      const lives = await play(name, acts, 3);
      await numberAll(3);
      const all = await leaves();
      expect(all.map(({ index, position }) => [index, position])).toEqual(all.map((_, at) => [at, at]));
      const own = all.slice(before).map(({ id }) => id);
      before = all.length;
      const committed = [...lives].flatMap(([id, { committed }]) => (committed === null ? [] : [id]));
      expect([...own].sort()).toEqual(committed.sort());
      for (const [at, effect] of own.entries()) {
        const { written } = lives.get(effect) as Life;
        const late = own.slice(at + 1).filter((cause) => (lives.get(cause)?.committed ?? 0) < written);
        expect(late).toEqual([]);
      }
    }),
    { numRuns: 80 },
  );
}, 120_000);

describe("a backlog", () => {
  const append = (from: number, to: number) =>
    scene.append(...Array.from({ length: to - from }, (_, at) => `entry ${from + at}`));

  test("is numbered so many at a time, and what is written meanwhile comes after it", async () => {
    await scene.start().tick();
    await append(0, 25);
    const notary = scene.start({ piece: 10 });
    const numbered: number[] = [];
    for (let behind = true; behind; ) {
      const round = await notary.tick();
      numbered.push(round.numbered);
      behind = round.isBehind;
      if (numbered.length === 1) await append(25, 30);
    }
    expect(numbered).toEqual([10, 10, 5]);
    expect((await notary.tick()).numbered).toBe(5);
    expect(await scene.numbered()).toEqual(Array.from({ length: 30 }, (_, at) => `entry ${at}`));
  });

  test("is the same tree when the notary is killed after each piece", async () => {
    await append(0, 40);
    const at = (step: Step) => {
      if (step === "numbered") throw new Error("killed");
    };
    for (let kill = 0; kill < 8; kill++)
      await expect(scene.start({ piece: 3, at }).tick()).rejects.toThrow("killed");
    expect(await scene.numbered()).toHaveLength(24);
    const notary = scene.start({ piece: 3 });
    let round = await notary.tick();
    while (round.isBehind) round = await notary.tick();
    const bodies = Array.from({ length: 40 }, (_, index) => `entry ${index}`);
    expect(await scene.numbered()).toEqual(bodies);
    const { root } = memoryTree(bodies.map((body) => leafHash(Buffer.from(body))));
    expect((await scene.checkpoints()).at(-1)).toMatchObject({ size: 40, root });
  });

  test("holds no entry of a transaction that ended after it was fixed, and the next one does", async () => {
    await scene.start().tick();
    const [late] = writers;
    await late?.query("begin");
    await late?.query(
      "insert into log_entry (id, kind, about, body) values ('ent_late', 'test', '{}', 'late')",
    );
    await append(0, 10);
    await numberPiece(scene.client, 1, 4);
    await late?.query("commit");
    await numberAll(4);
    expect(await scene.numbered()).toEqual([...Array.from({ length: 10 }, (_, at) => `entry ${at}`), "late"]);
  });
});

describe("what was seen at an instant", () => {
  test("leaves open whoever was under way, and whoever drew an id before the notary's own", () => {
    expect(seenAt({ xmax: "104", xip: ["99", "101"], own: "107", newest: "42" })).toEqual({
      floor: "42",
      open: ["99", "101", "104", "105", "106"],
    });
  });

  test("rests on ids that are drawn before sequence numbers, and on sequence numbers that no session keeps in store", async () => {
    const { rows } = await scene.database.owner.query(
      `select (select attnum from pg_attribute where attrelid = 'log_entry'::regclass and attname = 'xid')
         < (select attnum from pg_attribute where attrelid = 'log_entry'::regclass and attname = 'seq') as ordered,
         (select seqcache::int from pg_sequence where seqrelid = 'log_entry_seq_seq'::regclass) as cache`,
    );
    expect(rows).toEqual([{ ordered: true, cache: 1 }]);
  });
});
