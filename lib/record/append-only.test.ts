// Who may do what to the record, by role; and that an entry's place and time are the database's own.
import pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { newId } from "#lib/ids.ts";
import { testDatabase } from "#lib/testing/database.ts";

const database = await testDatabase("web");
const DENIED = "42501";

async function codeOf(client: pg.ClientBase | pg.Pool, sql: string): Promise<string | null> {
  try {
    await client.query(sql);
    return null;
  } catch (error) {
    if (error instanceof pg.DatabaseError) return error.code ?? "";
    throw error;
  }
}

interface Says {
  readonly id?: string;
  readonly kind?: string;
  readonly about?: readonly string[];
  readonly body?: string;
}

/** An entry whose bytes say something else than its columns where they are given. */
function entry(columns = "", values = "", says: Says = {}): string {
  const id = newId("entry");
  const body = says.body ?? JSON.stringify({ about: ["run:run_1"], id, kind: "test", ...says });
  return `insert into log_entry (id, kind, about, body${columns})
    values ('${id}', 'test', '{run:run_1}', convert_to('${body}', 'UTF8')${values})`;
}

describe.each(["web", "worker"] as const)("the %s process", (process) => {
  const client = new pg.Client({ connectionString: database.urls[process] });
  beforeAll(() => client.connect());
  afterAll(() => client.end());

  test("may add entries and read them", async () => {
    expect(await codeOf(client, entry())).toBeNull();
    expect(await codeOf(client, "select * from log_entry")).toBeNull();
  });

  test.each<[string, Says]>([
    ["another kind", { kind: "run.merged" }],
    ["another id", { id: "ent_other" }],
    ["another subject", { about: ["run:run_2"] }],
    ["one subject more", { about: ["run:run_1", "run:run_2"] }],
    ["no subject", { about: [] }],
    ["nothing", { body: "{}" }],
    ["no object", { body: "[]" }],
    ["no JSON", { body: "test" }],
    ["no byte", { body: "" }],
  ])("probe: is refused an entry whose bytes say %s", async (_, says) => {
    expect([DENIED, "22P02"]).toContain(await codeOf(client, entry("", "", says)));
  });

  test("probe: is refused one such entry among good ones, and the good ones with it", async () => {
    const before = await database.owner.query("select count(*) from log_entry");
    const both = `with one as (${entry()} returning id) ${entry("", "", { kind: "run.merged" })}`;
    expect(await codeOf(client, both)).toBe(DENIED);
    expect((await database.owner.query("select count(*) from log_entry")).rows).toEqual(before.rows);
  });

  test.each([
    ["another transaction's id", entry(", xid", ", '1'")],
    ["a number of its choice", entry(", seq", ", 1")],
    ["a time of its choice", entry(", at", ", now() - interval '1 day'")],
    ["a change", "update log_entry set kind = 'x'"],
    ["a change of nothing", "update log_entry set kind = kind where false"],
    ["a deletion", "delete from log_entry"],
    ["emptying it", "truncate log_entry"],
    ["locking others out", "do $$ begin lock table log_entry in exclusive mode; end $$"],
    ["setting the counter back", "select setval('log_entry_seq_seq', 1)"],
    ["switching the guard off", "alter table log_entry disable trigger append_only"],
    ["switching every trigger off", "set session_replication_role = replica"],
    ["dropping the guard", "drop trigger append_only on log_entry"],
    ["a table of its own", "create table public.log_entry_2 (id int)"],
    ["calling the check by hand", "select require_entry()"],
    ["changing the note of a touched run", "delete from touched"],
    ["a program", "copy log_entry to program 'cat'"],
    ["being the owner", "set role ph_owner"],
  ])("probe: is refused %s", async (_, sql) => {
    expect(["PH002", DENIED, "0A000", "42809"]).toContain(await codeOf(client, sql));
    expect(await codeOf(client, sql)).not.toBeNull();
  });
});

test("probe: the owner is stopped by the guard as well, as long as it stands", async () => {
  expect(await codeOf(database.owner, entry())).toBeNull();
  expect(await codeOf(database.owner, "update log_entry set kind = 'x'")).toBe("PH002");
  expect(await codeOf(database.owner, "delete from log_entry")).toBe("PH002");
  expect(await codeOf(database.owner, "truncate log_entry")).toBe("PH002");
});

test("the worker cannot read a password hash, nor sessions, nor links", async () => {
  const client = new pg.Client({ connectionString: database.urls.worker });
  await client.connect();
  try {
    expect(await codeOf(client, "select name from person")).toBeNull();
    for (const sql of [
      "select password_hash from person",
      "select * from session",
      "select * from one_time_link",
    ]) {
      expect(await codeOf(client, sql)).toBe(DENIED);
    }
  } finally {
    await client.end();
  }
});
