// Functions that run as the owner of the tables. Every role may make temporary types, and a name without its schema is
// looked for among them first: a domain called `text` would bring its own code into such a function.
import pg from "pg";
import { expect, test } from "vitest";
import { testDatabase } from "../testing/database.ts";

const database = await testDatabase("worker");

const PLANTED = [
  `create function pg_temp.planted(pg_catalog.text) returns boolean language plpgsql as
    $$ begin raise exception 'planted code runs as %', current_user; end $$`,
  "create domain pg_temp.text as pg_catalog.text check (pg_temp.planted(value::pg_catalog.text))",
];

async function said(who: "web" | "worker", statements: readonly string[]): Promise<string> {
  const client = new pg.Client({ connectionString: database.urls[who] });
  await client.connect();
  try {
    for (const statement of [...PLANTED, ...statements]) await client.query(statement);
    return "it may";
  } catch (error) {
    return (error as Error).message;
  } finally {
    await client.end();
  }
}

test("probe: a temporary type brings no code of the worker into a function of the owner", async () => {
  expect(await said("worker", ["select public.ensure_run_event_partitions()"])).toBe("it may");
});

test("probe: a temporary type brings no code of the web process into the check for entries", async () => {
  const channel = "insert into notice_channel (id, kind, name, settings, created_by, created_at)";
  const message = await said("web", [`${channel} values ('nch_1', 'slack', 'x', '{}', 'per_1', now())`]);
  expect(message).toContain("ungoverned change");
});

test("every function that runs as its owner looks for what is temporary last", async () => {
  const { rows } = await database.owner.query<{ name: string; path: string | null }>(
    `select p.proname as name, array_to_string(p.proconfig, ';') as path from pg_proc p
      where p.prosecdef and p.pronamespace = 'public'::regnamespace order by p.proname`,
  );
  expect(rows.length).toBeGreaterThan(4);
  expect(rows.filter(({ path }) => path !== "search_path=pg_catalog, pg_temp")).toEqual([]);
});
