import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Applied, type Migration, pendingMigrations } from "./rules.ts";

const migration = (name: string): Migration => ({ name, sql: "select 1", checksum: `sum of ${name}` });
const applied = (name: string, change: Partial<Applied> = {}): Applied => ({
  name,
  checksum: `sum of ${name}`,
  finished: true,
  ...change,
});

const known = [migration("1_a"), migration("2_b"), migration("3_c")];
const names = (migrations: readonly Migration[]) => migrations.map((one) => one.name);

describe("what is left to apply", () => {
  test("is everything on an empty database and nothing on a current one", () => {
    expect(names(pendingMigrations(known, []))).toEqual(["1_a", "2_b", "3_c"]);
    expect(
      pendingMigrations(
        known,
        known.map((one) => applied(one.name)),
      ),
    ).toEqual([]);
  });

  test("is the rest, in order, after any number of them", () => {
    const many = fc.uniqueArray(fc.stringMatching(/^[a-z]{3}$/), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(many, fc.nat(), (words, seed) => {
        const all = [...words].sort().map(migration);
        const count = seed % (all.length + 1);
        const done = all.slice(0, count).map((one) => applied(one.name));
        expect(pendingMigrations(all, done.reverse())).toEqual(all.slice(count));
      }),
    );
  });

  test("is refused on a database of a newer version, naming both revisions", () => {
    const rows = [...known.map((one) => applied(one.name)), applied("4_d")];
    expect(() => pendingMigrations(known, rows)).toThrow(/database is at 4_d.*knows migrations up to 3_c/);
    expect(() => pendingMigrations([], rows)).toThrow(/up to none/);
  });

  test("is refused when an applied migration was edited", () => {
    const rows = [applied("1_a", { checksum: "another" })];
    expect(() => pendingMigrations(known, rows)).toThrow(/1_a was edited after it had been applied/);
  });

  test("is refused when a migration would come before one that is applied", () => {
    expect(() => pendingMigrations(known, [applied("1_a"), applied("3_c")])).toThrow(/2_b comes before 3_c/);
  });

  test("is refused after another tool left one unfinished", () => {
    expect(() => pendingMigrations(known, [applied("1_a", { finished: false })])).toThrow(/1_a was begun/);
  });
});
