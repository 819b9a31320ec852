import { describe, expect, test } from "vitest";
import { disconnectDatabase, isDuplicate, read, statement, type Tx, transaction } from "./db.ts";
import { newId } from "./ids.ts";
import { readEntry } from "./record/rules.ts";
import { testDatabase } from "./testing/database.ts";
import { systemActor, testScope } from "./testing/scopes.ts";

const database = await testDatabase("web");
const scope = testScope({ actor: systemActor("test") });

async function addPerson(tx: Tx, id = newId("person")): Promise<string> {
  await tx.db.person.create({
    data: { id, email: `${id}@example.org`, name: "Ada", createdAt: new Date(0) },
  });
  return id;
}

async function savedPerson(): Promise<string> {
  return transaction(scope, async (tx) => {
    const id = await addPerson(tx);
    noted(tx, id);
    return id;
  });
}

const rename = (tx: Tx, id: string, name: string) => tx.db.person.update({ where: { id }, data: { name } });
const noted = (tx: Tx, id: string) =>
  tx.record({ kind: "person.link_made", about: [`person:${id}`], detail: { link: "lnk_1" } });

async function nameOf(id: string): Promise<string | undefined> {
  const { rows } = await database.owner.query<{ name: string }>("select name from person where id = $1", [
    id,
  ]);
  return rows[0]?.name;
}

async function entriesAbout(id: string) {
  const { rows } = await database.owner.query<{ id: string; xid: string; seq: string; body: Buffer }>(
    "select id, xid::text, seq, body from log_entry where about @> array[$1] order by seq",
    [`person:${id}`],
  );
  return rows;
}

describe("a transaction", () => {
  test("commits its change and its entries together", async () => {
    const id = await savedPerson();
    expect(await nameOf(id)).toBe("Ada");
    const [entry, ...rest] = await entriesAbout(id);
    expect(rest).toEqual([]);
    expect(JSON.parse(entry?.body.toString() ?? "")).toMatchObject({
      id: entry?.id,
      actor: { kind: "system", name: "test" },
      request: "req_test",
    });
  });

  test("a change that nobody recorded is not committed", async () => {
    const id = newId("person");
    await expect(transaction(scope, (tx) => addPerson(tx, id))).rejects.toThrow("ungoverned change");
    expect(await nameOf(id)).toBeUndefined();
  });

  test("what throws leaves neither change nor entry", async () => {
    const id = newId("person");
    const failing = transaction(scope, async (tx) => {
      await addPerson(tx, id);
      noted(tx, id);
      throw new Error("no");
    });
    await expect(failing).rejects.toThrow("no");
    expect(await nameOf(id)).toBeUndefined();
    expect(await entriesAbout(id)).toEqual([]);
  });

  test("an entry is drawn after the row locks it speaks about: who waited comes later", async () => {
    const id = await savedPerson();
    const held = Promise.withResolvers<void>();
    const locked = Promise.withResolvers<void>();
    const first = transaction(scope, async (tx) => {
      await rename(tx, id, "first");
      noted(tx, id);
      locked.resolve();
      await held.promise;
    });
    await locked.promise;
    const second = transaction(scope, async (tx) => {
      noted(tx, id); // recorded before the lock is had, written after
      await rename(tx, id, "second");
    });
    await expect
      .poll(async () => {
        const { rows } = await database.owner.query("select from pg_locks where not granted");
        return rows.length;
      })
      .toBeGreaterThan(0);
    held.resolve();
    await Promise.all([first, second]);
    expect(await nameOf(id)).toBe("second");
    const numbers = (await entriesAbout(id)).map(({ seq }) => Number(seq));
    expect(numbers).toEqual([...numbers].sort((a, b) => a - b));
    expect(new Set((await entriesAbout(id)).map(({ xid }) => xid)).size).toBe(3);
  });

  test("writes its entries in the order they were recorded, in one statement", async () => {
    const id = await savedPerson();
    const links = Array.from({ length: 50 }, (_, nth) => `lnk_${nth}`);
    const about = [`person:${id}`, "pilot:pil_1", "run:run_1"] as const;
    await transaction(scope, async (tx) => {
      for (const link of links) tx.record({ kind: "person.link_used", about: [...about], detail: { link } });
    });
    const written = (await entriesAbout(id)).slice(1);
    expect(written.map(({ body }) => readEntry(body).detail.link)).toEqual(links);
    expect(new Set(written.map(({ xid }) => xid)).size).toBe(1);
    const numbers = written.map(({ seq }) => Number(seq));
    expect(numbers).toEqual(numbers.map((_, nth) => (numbers[0] ?? 0) + nth));
    const { rows } = await database.owner.query("select about from log_entry where id = $1", [
      written[0]?.id,
    ]);
    expect(rows[0].about).toEqual(about);
  });

  test("probe: an entry that breaks its kind's schema is a defect, and nothing is written", async () => {
    const id = newId("person");
    const lying = transaction(scope, async (tx) => {
      await addPerson(tx, id);
      tx.record({ kind: "person.link_made", about: [`person:${id}`], detail: { link: "Dear Ada, …" } });
    });
    await expect(lying).rejects.toThrow("person.link_made breaks its schema at “link”");
    expect(await nameOf(id)).toBeUndefined();
  });

  test("a deadlock is retried inside, with its entries written once", async () => {
    const [a, b] = [await savedPerson(), await savedPerson()];
    const [gotA, gotB] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    let attempts = 0;
    const cross = (first: string, second: string, got: () => void, other: Promise<void>) =>
      transaction(scope, async (tx) => {
        attempts++;
        await rename(tx, first, "crossed");
        got();
        await other;
        await rename(tx, second, "crossed");
        const about = [`person:${a}`, `person:${b}`] as const;
        tx.record({ kind: "person.link_made", about, detail: { link: "lnk_1" } });
      });
    await Promise.all([cross(a, b, gotA.resolve, gotB.promise), cross(b, a, gotB.resolve, gotA.promise)]);
    expect(attempts).toBe(3);
    expect([await nameOf(a), await nameOf(b)]).toEqual(["crossed", "crossed"]);
    expect(await entriesAbout(a)).toHaveLength(3); // its making, and one for each transaction
  });

  test("a duplicate is told apart from other errors", async () => {
    const id = await savedPerson();
    const error = await transaction(scope, (tx) => addPerson(tx, id)).then(
      () => null,
      (reason: unknown) => reason,
    );
    expect(isDuplicate(error)).toBe(true);
    expect(isDuplicate(new Error("P2002"))).toBe(false);
  });
});

describe("a read", () => {
  test("sees what was committed", async () => {
    const id = await savedPerson();
    expect(await read(scope, (db) => db.person.findUnique({ where: { id } }))).toMatchObject({
      id,
      name: "Ada",
    });
  });

  test("probe: is refused by the database when it writes, governed table or not", async () => {
    const id = await savedPerson();
    await expect(read(scope, (db) => rename({ db } as Tx, id, "x"))).rejects.toThrow("read-only transaction");
    await expect(read(scope, (db) => db.session.deleteMany())).rejects.toThrow(
      /read-only transaction|denied/,
    );
    expect(await nameOf(id)).toBe("Ada");
  });
});

describe("reads side by side", () => {
  test("that ask again while they read need no connection more: none waits for itself", async () => {
    const id = await savedPerson();
    const inner = () => read(scope, (db) => db.person.findUnique({ where: { id } }));
    const all = Array.from({ length: 60 }, () =>
      read(scope, async (db) => {
        await db.$queryRaw`select 1`;
        return inner();
      }),
    );
    expect(new Set((await Promise.all(all)).map((row) => row?.id))).toEqual(new Set([id]));
  });

  test("probe: a statement cannot make the next one on its connection write", async () => {
    const id = await savedPerson();
    await expect(
      read(scope, async (db) => {
        await db.$executeRaw`set transaction read write`;
        await rename({ db } as Tx, id, "x");
      }),
    ).rejects.toThrow("read-only transaction");
    expect(await nameOf(id)).toBe("Ada");
  });
});

describe("a database that does not answer", () => {
  const SENTENCE = {
    code: "unavailable",
    message: "The database does not answer. Try again in a moment.",
    retryAfter: 2,
  };

  test("probe: a connection cut in mid-transaction is said in one sentence, and the next one works", async () => {
    const id = await savedPerson();
    const cut = transaction(scope, async (tx) => {
      await rename(tx, id, "lost");
      const [own] = await tx.db.$queryRaw<{ pid: number }[]>`select pg_backend_pid() as pid`;
      await tx.db.$executeRaw`select pg_terminate_backend(${own?.pid ?? 0}::int)`;
    });
    await expect(cut).rejects.toMatchObject(SENTENCE);
    expect(await nameOf(id)).toBe("Ada");
    expect(await read(scope, (db) => db.person.count())).toBeGreaterThan(0);
  });

  test("probe: a statement that runs too long is stopped and said", async () => {
    const slow = transaction(scope, async ({ db }) => {
      await db.$executeRaw`set local statement_timeout = 50`;
      await db.$executeRaw`select pg_sleep(30)`;
    });
    await expect(slow).rejects.toMatchObject(SENTENCE);
  });

  test("probe: nothing listening at its address is the same sentence", async () => {
    const before = process.env.DATABASE_URL;
    await disconnectDatabase();
    process.env.DATABASE_URL = "postgres://nobody:x@127.0.0.1:1/none";
    try {
      await expect(read(scope, (db) => db.person.count())).rejects.toMatchObject(SENTENCE);
      await expect(savedPerson()).rejects.toMatchObject(SENTENCE);
    } finally {
      await disconnectDatabase();
      process.env.DATABASE_URL = before;
    }
    expect(await read(scope, (db) => db.person.count())).toBeGreaterThan(0);
  });
});

test("nothing is connected any more once it is disconnected, whatever way was asked", async () => {
  const connections = async () => {
    const { rows } = await database.owner.query<{ count: number }>(
      "select count(*)::int as count from pg_stat_activity where datname = $1 and usename = 'ph_web'",
      [database.name],
    );
    return rows[0]?.count;
  };
  const ask = () => statement(scope, { name: "one", text: "select 1 as one", values: [] });
  for (const first of [ask, () => read(scope, (db) => db.person.count())]) {
    await disconnectDatabase();
    await first();
    await ask();
    expect(await connections()).toBeGreaterThan(0);
    await disconnectDatabase();
    await expect.poll(connections, { timeout: 5000 }).toBe(0);
  }
});
