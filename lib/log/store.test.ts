import { afterAll, describe, expect, test } from "vitest";
import { disconnectDatabase, read, transaction } from "../db.ts";
import { testDatabase } from "../testing/database.ts";
import { systemActor, testScope } from "../testing/scopes.ts";
import { countAll, selectEntries } from "./store.ts";

const database = await testDatabase("web");
const scope = testScope({ actor: systemActor("test") });

afterAll(disconnectDatabase);

describe("counting the record", () => {
  test("is exact while it is small and the planner's estimate once it is not", async () => {
    expect(await read(scope, (db) => countAll(db, 10))).toBe(0);
    await transaction(scope, async (tx) => {
      for (let i = 0; i < 25; i++)
        tx.record({ kind: "person.signed_in", about: ["person:per_1"], detail: { i } });
    });
    expect(await read(scope, (db) => countAll(db, 1000))).toBe(25);
    await database.owner.query("analyze log_entry");
    await transaction(scope, async (tx) =>
      tx.record({ kind: "person.signed_out", about: ["person:per_1"], detail: {} }),
    );
    expect(await read(scope, (db) => countAll(db, 10))).toBe(25);
    expect(await read(scope, (db) => countAll(db, 1000))).toBe(26);
  });
});

describe("entries about a subject", () => {
  test("are found by index, not by reading the record", async () => {
    const { rows } = await database.owner.query(
      "select indexdef from pg_indexes where tablename = 'log_entry'",
    );
    expect(rows.map((row) => row.indexdef).join("\n")).toMatch(/USING gin \(about\)/);
    const conditions = {
      kind: null,
      actor: null,
      subjects: ["person:per_1"],
      pilotId: null,
      from: null,
      before: null,
      visible: "all",
    } as const;
    const entries = await read(scope, (db) => selectEntries(db, conditions, null, 5));
    expect(entries).toHaveLength(5);
    expect(entries[0]?.kind).toBe("person.signed_out");
  });
});
