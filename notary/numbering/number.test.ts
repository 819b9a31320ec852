import { randomInt } from "node:crypto";
import pg from "pg";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type NotaryScene, notaryScene } from "#lib/testing/notary-scene.ts";
import { audit, thinCheckpoints } from "../housekeeping.ts";

let scene: NotaryScene;
let writers: pg.Client[];

beforeEach(async () => {
  scene = await notaryScene();
  writers = [];
});
afterEach(async () => {
  await Promise.allSettled(writers.map((client) => client.end()));
  await scene.end();
});

async function writer(): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: scene.database.urls.owner });
  await client.connect();
  writers.push(client);
  return client;
}

const write = (client: pg.Client, body: string) =>
  client.query("insert into log_entry (id, kind, about, body) values ($1, 'test', '{}', $2)", [
    `ent_${body}`,
    Buffer.from(body),
  ]);

const positions = async () => {
  const { rows } = await scene.database.owner.query<{ position: number; index: number; epoch: number }>(
    "select position::int, index::int, epoch from log_leaf order by position",
  );
  return rows;
};

describe("an entry", () => {
  test("gets its number when its transaction is committed, not when it was written", async () => {
    const notary = scene.start();
    const early = await writer();
    await early.query("begin");
    await write(early, "early");
    await scene.append("late");
    await notary.tick();
    expect(await scene.numbered()).toEqual(["late"]);
    await early.query("commit");
    await notary.tick();
    expect(await scene.numbered()).toEqual(["late", "early"]);
    expect(await positions()).toEqual([
      { position: 0, index: 0, epoch: 1 },
      { position: 1, index: 1, epoch: 1 },
    ]);
  });

  test("of a transaction that stays open while thousands of others come and go is numbered once, at its end", async () => {
    const notary = scene.start();
    await notary.tick();
    const long = await writer();
    await long.query("begin");
    await write(long, "long");
    for (let batch = 0; batch < 20; batch++) {
      await scene.append(...Array.from({ length: 150 }, (_, at) => `${batch}-${at}`));
      expect((await notary.tick()).numbered).toBe(150);
    }
    await long.query("commit");
    expect((await notary.tick()).numbered).toBe(1);
    expect((await notary.tick()).numbered).toBe(0);
    const all = await scene.numbered();
    expect([all.length, all.indexOf("long")]).toEqual([3001, 3000]);
  });

  test("of a transaction that outlives ten thousand others, and tables being vacuumed and frozen, is numbered at its end", async () => {
    const notary = scene.start();
    const long = await writer();
    const { owner } = scene.database;
    await long.query("begin");
    await write(long, "long 0");
    const id = async () => {
      const { rows } = await owner.query<{ id: string }>("select pg_current_xact_id()::text as id");
      return Number(rows[0]?.id);
    };
    const began = await id();
    for (let round = 1; round <= 40; round++) {
      await owner.query(
        "do $$ begin for n in 1..250 loop perform pg_current_xact_id(); commit; end loop; end $$",
      );
      if (round % 10 === 0) {
        await owner.query("vacuum (freeze, analyze) log_entry, log_leaf, notary_state");
        await long.query("savepoint one");
        await write(long, `undone ${round}`);
        await long.query("rollback to one");
        await write(long, `long ${round}`);
      }
      await scene.append(`short ${round}`);
      expect((await notary.tick()).numbered).toBe(1);
    }
    expect(await id()).toBeGreaterThan(began + 10_000);
    expect((await notary.tick()).numbered).toBe(0);
    await long.query("commit");
    expect((await notary.tick()).numbered).toBe(5);
    const shorts = Array.from({ length: 40 }, (_, at) => `short ${at + 1}`);
    expect(await scene.numbered()).toEqual([
      ...shorts,
      ...[0, 10, 20, 30, 40].map((round) => `long ${round}`),
    ]);
    expect((await scene.checkpoints()).every(({ root, expected }) => root.equals(expected))).toBe(true);
  });

  test("that was rolled back, or stood behind a savepoint that was, gets none and leaves no gap", async () => {
    const client = await writer();
    await client.query("begin");
    await write(client, "gone");
    await client.query("rollback");
    await client.query("begin");
    await write(client, "kept");
    await client.query("savepoint one");
    await write(client, "undone");
    await client.query("rollback to one");
    await client.query("savepoint two");
    await write(client, "released");
    await client.query("release two");
    await client.query("commit");
    await scene.start().tick();
    expect(await scene.numbered()).toEqual(["kept", "released"]);
    expect((await positions()).map(({ index }) => index)).toEqual([0, 1]);
  });

  test("that follows from another one has the higher number, however transactions interleave", async () => {
    const notary = scene.start();
    await scene.database.owner.query("create table chain (id int primary key, step int not null)");
    await scene.database.owner.query("insert into chain select n, 0 from generate_series(0, 4) n");
    let open = 6;
    const work = async () => {
      const client = await writer();
      for (let round = 0; round < 60; round++) {
        const chain = randomInt(5);
        await client.query("begin");
        const { rows } = await client.query("update chain set step = step + 1 where id = $1 returning step", [
          chain,
        ]);
        await write(client, `${chain}:${rows[0].step}`);
        await client.query(randomInt(10) === 0 ? "rollback" : "commit");
      }
      open -= 1;
    };
    const ticking = async () => {
      while (open > 0) await notary.tick();
      await notary.tick();
    };
    await Promise.all([...Array.from({ length: 6 }, work), ticking()]);
    const all = await scene.numbered();
    const { rows } = await scene.database.owner.query<{ id: number; step: number }>(
      "select id, step from chain",
    );
    expect(all).toHaveLength(rows.reduce((sum, { step }) => sum + step, 0));
    for (const { id, step } of rows) {
      const own = all.filter((body) => body.startsWith(`${id}:`));
      expect(own).toEqual(Array.from({ length: step }, (_, at) => `${id}:${at + 1}`));
    }
    expect((await positions()).map(({ index }) => index)).toEqual(all.map((_, at) => at));
  });

  test("of a backlog longer than one piece is in the tree like any other", async () => {
    const bodies = Array.from({ length: 5000 }, (_, at) => `entry ${at}`);
    await scene.append(...bodies);
    const notary = scene.start();
    let round = await notary.tick();
    while (round.isBehind) round = await notary.tick();
    expect(round.signed?.size).toBe(5000);
    expect(await scene.numbered()).toEqual(bodies);
    expect((await scene.checkpoints()).every(({ root, expected }) => root.equals(expected))).toBe(true);
  });

  test("probe: restored from a dump with transaction ids of another server, is not taken a second time", async () => {
    const foreign =
      "insert into log_entry (id, xid, kind, about, body) values ($1, $2, 'test', '{}', '\\x00')";
    await scene.database.owner.query(foreign, ["ent_foreign", "4000000000"]);
    const { rows } = await scene.database.owner.query<{ now: string }>(
      "select pg_current_xact_id()::text as now",
    );
    for (let ahead = 1; ahead < 40; ahead++)
      await scene.database.owner.query(foreign, [`ent_ahead_${ahead}`, String(Number(rows[0]?.now) + ahead)]);
    const notary = scene.start();
    expect((await notary.tick()).signed?.size).toBe(40);
    for (let at = 0; at < 30; at++) {
      await scene.append(`new ${at}`);
      expect((await notary.tick()).numbered).toBe(1);
    }
    expect((await notary.tick()).signed?.size).toBe(70);
  });
});

describe("a database whose rows were brought to another server", () => {
  test("goes on where it was, whatever transaction ids the rows and the notary's state brought along", async () => {
    const notary = scene.start();
    await scene.append("one", "two", "three");
    await notary.tick();
    const { owner } = scene.database;
    const { rows } = await owner.query<{ now: string }>("select pg_current_xact_id()::text as now");
    const soon = Array.from({ length: 8 }, (_, at) => String(Number(rows[0]?.now) + 1 + at));
    await owner.query("alter table log_entry disable trigger append_only");
    await owner.query("update log_entry set xid = '4000000000' where seq % 2 = 0");
    await owner.query("update log_entry set xid = $1 where seq % 2 = 1", [soon[3]]);
    await owner.query("alter table log_entry enable trigger append_only");
    await owner.query("update notary_state set open = $1::xid8[]", [soon]);
    for (let at = 0; at < 10; at++) {
      await scene.append(`new ${at}`);
      expect((await notary.tick()).numbered).toBe(1);
    }
    expect(await scene.numbered()).toHaveLength(13);
  });
});

describe("an idle notary", () => {
  test("writes and locks nothing", async () => {
    const notary = scene.start();
    await scene.append("one");
    await notary.tick();
    // A row that was changed or only locked carries the transaction's id.
    const touched = async () => {
      const { rows } = await scene.database.owner.query(
        "select xmin::text, xmax::text, floor::text, open::text from notary_state",
      );
      return rows;
    };
    const before = await touched();
    for (let at = 0; at < 5; at++) expect((await notary.tick()).numbered).toBe(0);
    expect(await touched()).toEqual(before);
  });
});

describe("what looks after it", () => {
  const looking = () => ({
    ...{ client: scene.client, alarms: scene.start().alarms, signal: new AbortController().signal },
    clock: { now: () => 0, sleep: async () => undefined },
  });
  const lose = (id: string, seq: number) =>
    scene.database.owner.query(
      "insert into log_entry (id, xid, seq, kind, about, body) values ($1, '3', $2, 'test', '{}', '\\x00')",
      [id, seq],
    );

  test("says which entry was passed over, and is quiet once that has a number", async () => {
    const notary = scene.start();
    await scene.append("one", "two");
    await notary.tick();
    await lose("ent_lost", 0);
    expect((await notary.tick()).numbered).toBe(0);
    await audit(looking(), { after: "-1" });
    expect(await scene.alarms()).toEqual(["entry_unnumbered"]);
    await scene.database.owner.query(
      `insert into log_leaf (position, epoch, index, entry_id, at, hash)
       values (2, 1, 2, 'ent_lost', now(), sha256('\\x0000'))`,
    );
    await audit(looking(), { after: "0" }); // of a part it cannot say that of the whole
    expect(await scene.alarms()).toEqual(["entry_unnumbered"]);
    await audit(looking(), { after: "-1" });
    expect(await scene.alarms()).toEqual([]);
  });

  test("says nothing of entries that wait for their number, or whose transactions are open", async () => {
    const notary = scene.start();
    const open = await writer();
    await open.query("begin");
    await write(open, "open");
    await scene.append("one");
    await notary.tick();
    await open.query("commit");
    await scene.append("waiting");
    await audit(looking(), { after: "-1" });
    expect(await scene.alarms()).toEqual([]);
  });

  test("looks at few entries at a time, rests in between, and goes on where it was interrupted", async () => {
    await scene.append(...Array.from({ length: 12_000 }, (_, at) => `entry ${at}`));
    await scene.start({ piece: 20_000 }).tick();
    const stop = new AbortController();
    const rests: number[] = [];
    let now = 0;
    const clock = {
      now: () => (now += 30),
      sleep: async (milliseconds: number) => {
        rests.push(milliseconds);
        stop.abort();
      },
    };
    const walk = { after: "-1" };
    await audit({ ...looking(), clock, signal: stop.signal }, walk);
    expect([walk.after, rests]).toEqual(["5000", [120]]);
    await lose("ent_behind", 0);
    await audit(looking(), walk);
    expect([walk.after, await scene.alarms()]).toEqual(["10000", []]);
  });

  test("keeps all checkpoints of the last hour, and the last one of each hour before", async () => {
    const at = (size: number, ago: string) =>
      scene.database.owner.query(
        `insert into log_checkpoint (epoch, size, root, note, signed_at)
         values (1, $1, '\\x', '', date_trunc('hour', now()) - $2::interval)`,
        [size, ago],
      );
    for (const [size, ago] of [
      [1, "3 hours"],
      [2, "2 hours 50 minutes"],
      [3, "2 hours 5 minutes"],
      [4, "-1 second"],
      [5, "-2 seconds"],
    ] as const)
      await at(size, ago);
    await thinCheckpoints(scene.client);
    const { rows } = await scene.database.owner.query("select size::int from log_checkpoint order by size");
    expect(rows.map(({ size }) => size)).toEqual([3, 4, 5]);
  });
});
