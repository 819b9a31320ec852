// Plans and pages of the log on a table of some size: nothing is found by reading all of it.
import { beforeAll, describe, expect, test } from "vitest";
import { read } from "../db.ts";
import type { Scope } from "../scope.ts";
import { testDatabase } from "../testing/database.ts";
import { testScope } from "../testing/scopes.ts";
import { PIECES } from "./rules.ts";
import { listEntries } from "./service.ts";
import { probeTerms, selectAt, selectNewest, selectWaiting, walkTerms } from "./store.ts";

const LEAVES = 120_000;
const database = await testDatabase("web");
const auditor: Scope = testScope({ roles: ["auditor"] });

/**
 * Every second entry is of one kind, every other of another; one actor wrote the older half and one the newer, so
 * that the two kinds and the two actors meet or never meet. A hundred entries are about one run.
 */
beforeAll(async () => {
  await database.owner.query(`
    insert into log_entry (id, kind, about, body)
    select 'ent_' || n, 'run.leased', '{}', '{}' from generate_series(0, ${LEAVES - 1}) n`);
  await database.owner.query(`
    insert into log_leaf (position, epoch, index, entry_id, at, hash)
    select n, 1, n, 'ent_' || n, timestamptz '2030-01-01' + n * interval '1 second', decode(repeat('00', 32), 'hex')
    from generate_series(0, ${LEAVES - 1}) n`);
  await database.owner.query(`
    insert into log_term (term, at, position)
    select t.term, l.at, l.position from log_leaf l cross join lateral (values
      (case when l.position % 2 = 0 then 'kind:run.leased' else 'kind:run.prepared' end),
      (case when l.position % 2 = 0 then 'actor:even' else 'actor:odd' end),
      (case when l.position < ${LEAVES / 2} then 'pilot:old' else 'pilot:new' end),
      (case when l.position % 1200 = 7 then 'run:rare' end)) t (term) where t.term is not null`);
  await database.owner.query("analyze");
});

/** The plans of every statement a call makes. */
async function plansOf(call: (db: Parameters<typeof selectNewest>[0]) => Promise<unknown>): Promise<string> {
  const plans: string[] = [];
  await read(auditor, async (db) => {
    const explained = new Proxy(db, {
      get(target, name) {
        if (name !== "$queryRaw") return Reflect.get(target, name);
        return async (parts: TemplateStringsArray, ...values: unknown[]) => {
          const strings = Object.assign([`explain ${parts[0]}`, ...parts.slice(1)], { raw: parts.raw });
          const rows = await target.$queryRaw<Record<string, string>[]>(strings, ...values);
          plans.push(rows.map((row) => Object.values(row)[0]).join("\n"));
          return target.$queryRaw(parts, ...values);
        };
      },
    });
    await call(explained as typeof db);
  });
  return plans.join("\n");
}

const ALL = { from: null, before: null, after: null };
const LATE = { from: new Date("2030-01-01"), before: new Date("2031-01-01"), after: 100_000 };

describe("every statement of a page", () => {
  test.each([
    ["the newest", (db) => selectNewest(db, ALL, 51)],
    ["what is older, in a span of days", (db) => selectNewest(db, LATE, 51)],
    ["how dense terms lie", (db) => probeTerms(db, ["kind:run.leased", "run:rare"], LATE, 1000)],
    ["entries of a term", (db) => walkTerms(db, ["kind:run.leased"], [], LATE, 250)],
    [
      "entries of several",
      (db) => walkTerms(db, ["kind:run.leased", "run:rare"], [["actor:even"], ["pilot:old"]], LATE, 4000),
    ],
    ["the entries themselves", (db) => selectAt(db, [5, 4, 3])],
    ["what waits", (db) => selectWaiting(db, 200)],
  ] satisfies [string, Parameters<typeof plansOf>[0]][])("finds %s by index", async (_, call) => {
    const plans = await plansOf(call);
    expect(plans).toMatch(/Index/);
    expect(plans).not.toContain("Seq Scan");
  });
});

const positions = async (filter: Parameters<typeof listEntries>[1]) => {
  const { entries, ...rest } = await listEntries(auditor, filter);
  return { positions: entries.map(({ id }) => Number(id.slice(4))), ...rest };
};

describe("a page", () => {
  test("goes through all of a filter, page by page", async () => {
    const seen: number[] = [];
    let after: string | null = null;
    do {
      const page = await positions({ filter: { subject: "run:rare", actor: "odd" }, after, limit: 30 });
      seen.push(...page.positions);
      after = page.next;
    } while (after !== null);
    expect(seen).toEqual(Array.from({ length: 100 }, (_, n) => 7 + (99 - n) * 1200));
  });

  test("of conditions that never meet ends where its work is done, says so, and the next goes on there", async () => {
    const budget = PIECES.reduce((sum, piece) => sum + piece, 0);
    const filter = { kind: "run.leased", actor: "odd" } as const;
    const first = await positions({ filter });
    expect(first).toMatchObject({ positions: [], next: String(LEAVES - 2 * budget) });
    expect(first.lookedBackTo).toEqual(new Date(Date.parse("2030-01-01") + (LEAVES - 2 * budget) * 1000));
    let { next } = first;
    let pages = 1;
    for (; next !== null; pages++) ({ next } = await positions({ filter, after: next }));
    expect(pages).toBe(Math.ceil(LEAVES / 2 / budget) + 1);
  });

  test("walks the sparser of two dense terms from where it begins", async () => {
    const old = await positions({ filter: { pilotId: "old", kind: "run.leased" }, limit: 2 });
    expect(old.positions).toEqual([LEAVES / 2 - 2, LEAVES / 2 - 4]);
  });

  test("says nothing of how far it looked where it is full or at the end", async () => {
    expect(await positions({ filter: { kind: "run.leased" }, limit: 2 })).toEqual({
      positions: [LEAVES - 2, LEAVES - 4],
      next: String(LEAVES - 4),
      lookedBackTo: null,
    });
    expect(await positions({ filter: { subject: "run:nobody" } })).toEqual({
      positions: [],
      next: null,
      lookedBackTo: null,
    });
  });
});
