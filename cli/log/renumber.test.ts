// What an altered database numbered beyond the signed part gets its number in the epoch that is begun after that.
import pg from "pg";
import { afterAll, afterEach, beforeEach, describe, expect, test } from "vitest";
import { disconnectDatabase, transaction } from "#lib/db.ts";
import { openExport, startExport } from "#lib/log/export.ts";
import { getProof } from "#lib/log/proof.ts";
import { listEntries } from "#lib/log/service.ts";
import type { Reader } from "#lib/log-access/schema.ts";
import { indexLog } from "#lib/log-index/service.ts";
import { openDatabase, type TestDatabase } from "#lib/testing/database.ts";
import { linesOf, verified } from "#lib/testing/merged-run.ts";
import { sequenceLog, type TestLog } from "#lib/testing/notary.ts";
import { person, systemActor, testClock, testScope } from "#lib/testing/scopes.ts";
import { operatorAt } from "./operator.ts";
import { startEpoch } from "./start-epoch.ts";

const auditor = testScope({ roles: ["auditor"], actor: person("per_auditor") });
const worker = testScope({ actor: systemActor("worker") });
const reader: Reader = { kind: "person", personId: "per_auditor" };
const environment = process.env.DATABASE_URL;

let database: TestDatabase;
let web: pg.Client;
let log: TestLog;

beforeEach(async () => {
  database = await openDatabase();
  process.env.DATABASE_URL = database.urls.web;
  web = new pg.Client({ connectionString: database.urls.web });
  await web.connect();
  await write(10);
  log = await sequenceLog(database);
});
afterEach(async () => {
  await disconnectDatabase();
  await web.end();
  await database.drop();
});
afterAll(() => {
  process.env.DATABASE_URL = environment;
});

async function write(count: number): Promise<void> {
  await transaction(auditor, async (tx) => {
    for (let n = 0; n < count; n++)
      tx.record({ kind: "person.signed_out", about: ["person:per_1"], detail: { session: `ses_${n}` } });
  });
}

/** As the owner of everything may. */
async function alter(...statements: string[]): Promise<void> {
  const { owner } = database;
  await owner.query("alter table log_entry disable trigger user; alter table log_leaf disable trigger user");
  for (const statement of statements) await owner.query(statement);
  await owner.query("alter table log_entry enable trigger user; alter table log_leaf enable trigger user");
}

async function index(): Promise<void> {
  await disconnectDatabase();
  process.env.DATABASE_URL = database.urls.worker;
  await indexLog(worker);
  await disconnectDatabase();
  process.env.DATABASE_URL = database.urls.web;
}

/** Numbers the newest entries by itself, the last first. */
const numbering = (epoch: number, from: number, newest: number) =>
  `insert into log_leaf select (select max(position) from log_leaf) + nth, ${epoch}, ${from} + nth - 1, id, at,
     sha256('\\x00'::bytea || body) from (
       select *, row_number() over (order by seq desc) as nth from log_entry order by seq desc limit ${newest}
     ) e`;

async function begin(): Promise<number> {
  await expect(sequenceLog(database)).rejects.toThrow();
  const { epoch } = await startEpoch(
    operatorAt(log.folders, {}),
    web,
    testClock(),
    "the database was altered",
  );
  log = await sequenceLog(database);
  expect(log.signed?.epoch).toBe(epoch);
  return epoch;
}

interface Line {
  readonly type: string;
  readonly body?: string;
}

/** The ids of the entries in an export of an epoch, which the verifier accepts. */
async function exported(epoch: number): Promise<string[]> {
  const { id } = await startExport(auditor, reader, { withBlobs: false, epoch });
  const lines = await linesOf(await openExport(auditor, reader, id, 0));
  const report = await verified(lines, log.folders.log, epoch);
  expect([report.code, report.unreadable]).toEqual([0, null]);
  return lines
    .map((line) => JSON.parse(line) as Line)
    .flatMap(({ type, body }) => (type === "entry" ? [JSON.parse(body ?? "").id as string] : []));
}

async function entries(): Promise<string[]> {
  const { rows } = await database.owner.query<{ id: string }>("select id from log_entry order by seq");
  return rows.map(({ id }) => id);
}

describe("an epoch begun after the database had numbered beyond what was signed", () => {
  test("holds every entry that no checkpoint covers, once, after the one that begins it", async () => {
    await write(3);
    await alter(
      "insert into log_epoch (epoch, origin, started_at) values (2, 'pilothouse/0123456789abcdef/2', now())",
      numbering(2, 0, 3),
      "update notary_state set epoch = 2, size = 3, position = 13",
    );
    await index();
    await write(2); // nobody numbered these
    const before = await entries();
    const epoch = await begin();
    const all = await entries();
    const started = all.at(-1) ?? "";
    expect([epoch, all.length]).toEqual([3, 16]);
    expect(await exported(1)).toEqual(before.slice(0, 10));
    expect(await exported(3)).toEqual([started, ...before.slice(10)]);
    expect(log.signed?.size).toBe(6);

    await index();
    const { entries: listed } = await listEntries(auditor, { filter: { kind: "person.signed_out" } });
    expect(listed.map(({ id }) => id).sort()).toEqual([...before].sort());
    for (const [index, id] of before.slice(10).entries())
      expect(await getProof(auditor, id)).toMatchObject({
        state: "proved",
        place: { epoch: 3, index: index + 1 },
      });
    const { rows } = await database.owner.query(
      "select count(*)::int as leaves, count(distinct entry_id)::int as entries, max(position)::int + 1 as positions from log_leaf",
    );
    expect(rows).toEqual([{ leaves: 16, entries: 16, positions: 16 }]);
  });

  test("says what was lost, and numbers anew what stood in the place of it", async () => {
    await alter(
      "with gone as (delete from log_leaf where index >= 8 returning entry_id) delete from log_entry where id in (select entry_id from gone)",
    );
    await write(3);
    await alter(numbering(1, 8, 3), "update log_leaf set hash = sha256('other') where index = 10");
    await alter("update notary_state set size = 11, position = 11");
    const before = await entries();
    expect(await begin()).toBe(2);
    const started = (await entries()).at(-1) ?? "";
    expect(await exported(2)).toEqual([started, ...before.slice(8)]);
    const { rows } = await database.owner.query("select body from log_entry where id = $1", [started]);
    expect(JSON.parse(rows[0].body).detail).toMatchObject({
      old_size: 10,
      kept: 8,
      lost_from: 8,
      lost_to: 9,
    });
  });
});

describe("probe: the place of an entry", () => {
  const asNotary = async (sql: string) => {
    const client = new pg.Client({ connectionString: database.urls.notary });
    await client.connect();
    try {
      await client.query(sql);
      return null;
    } catch (error) {
      return error instanceof pg.DatabaseError ? error.code : String(error);
    } finally {
      await client.end();
    }
  };

  test("that a checkpoint covers is moved by nobody, and no place is taken away", async () => {
    const next =
      "insert into log_epoch (epoch, origin, started_at, kept) values (2, 'x', now(), '{\"1\": 8}');";
    for (const change of [
      "update log_leaf set index = 99 where index = 9",
      "update log_leaf set hash = sha256('') where index = 9",
      `${next} update log_leaf set epoch = 2, index = 0 where index = 7`,
      `${next} update log_leaf set epoch = 3, index = 0 where index = 9`,
    ])
      expect(await asNotary(change)).toBe("PH002");
    for (const change of [
      "delete from log_leaf",
      "truncate log_leaf",
      "update log_leaf set position = 99 where index = 9",
      "update log_leaf set entry_id = 'other' where index = 9",
      "update log_epoch set kept = '{}'",
    ])
      expect(await asNotary(change)).toBe("42501");
    expect(await asNotary(`${next} update log_leaf set epoch = 2, index = 0 where index = 9`)).toBeNull();
  });

  test("is not moved by a process of the application", async () => {
    await expect(web.query("update log_leaf set epoch = 2")).rejects.toMatchObject({ code: "42501" });
  });
});
