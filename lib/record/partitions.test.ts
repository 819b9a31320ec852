import fc from "fast-check";
import pg from "pg";
import { describe, expect, test } from "vitest";
import { idBound, newId } from "#lib/ids.ts";
import { testDatabase } from "#lib/testing/database.ts";

const database = await testDatabase("worker");

describe("the partitions of run events", () => {
  test("are cut where ids of that instant begin", async () => {
    const instants = fc.sample(
      fc.date({ min: new Date("2020-01-01"), max: new Date("2200-01-01"), noInvalidDate: true }),
      200,
    );
    const { rows } = await database.owner.query<{ at: Date; bound: string }>(
      "select at, run_id_bound(at) as bound from unnest($1::timestamptz[]) at",
      [instants],
    );
    expect(rows).toHaveLength(200);
    for (const { at, bound } of rows) expect(bound).toBe(idBound("run", at.getTime()));
  });

  test("reach from last month to three months ahead, each ending where the next begins", async () => {
    const { rows } = await database.owner.query<{ bound: string }>(
      `select pg_get_expr(relpartbound, oid) as bound from pg_class
       where relispartition and relkind = 'r' and relname like 'run\\_event\\_%' order by relname`,
    );
    const bounds = rows.map(
      ({ bound }) => /FROM \('(run_\w+)'\) TO \('(run_\w+)'\)/.exec(bound)?.slice(1) ?? [],
    );
    expect(bounds).toHaveLength(5);
    for (const [index, [from = "", to = ""]] of bounds.entries()) {
      expect(from < to).toBe(true);
      if (index > 0) expect(from).toBe(bounds[index - 1]?.[1]);
    }
    const now = newId("run");
    expect(now > (bounds[0]?.[1] ?? "") && now < (bounds[2]?.[0] ?? "")).toBe(true);
  });

  test("are made by the worker, and making them again makes none", async () => {
    const client = new pg.Client({ connectionString: database.urls.worker });
    await client.connect();
    try {
      const { rows } = await client.query("select ensure_run_event_partitions() as made");
      expect(rows).toEqual([{ made: 0 }]);
    } finally {
      await client.end();
    }
  });

  test("a missing month is an error, never a quiet default", async () => {
    const far = idBound("run", Date.UTC(2199, 0));
    const insert = `insert into run_event (run_id, seq, attempt, at, observed_by, kind, body)
      values ($1, 1, 1, now(), 'worker', 'note', '{}')`;
    await expect(database.owner.query(insert, [`${far}0000000000000`])).rejects.toThrow("no partition");
  });

  test("web may not make partitions", async () => {
    const client = new pg.Client({ connectionString: database.urls.web });
    await client.connect();
    try {
      await expect(client.query("select ensure_run_event_partitions()")).rejects.toThrow("permission denied");
    } finally {
      await client.end();
    }
  });
});
