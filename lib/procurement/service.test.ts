import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { DAY } from "../clock.ts";
import { planComparison } from "../comparisons/plan-comparison.ts";
import { startComparison } from "../comparisons/start-comparison.ts";
import { comparisonScene, RIVAL } from "../testing/comparison-scene.ts";
import { sheetCsv, sheetMarkdown } from "./export-rules.ts";
import { figuresOf } from "./rules.ts";
import { isFitSource, NoteProcurement, STALE_DAYS } from "./schema.ts";
import { getSheet, noteProcurement } from "./service.ts";

const scene = await comparisonScene();
const { admin, planner, reviewer, rivalId, clock } = scene;
const dayOf = (at: number) => new Date(at).toISOString().slice(0, 10);
const HOSTILE = '=HYPERLINK("http://x")|<img src=x onerror=alert(1)>\n[a](javascript:alert(1))';

const note = (change: Partial<NoteProcurement> = {}): NoteProcurement => ({
  ...{ agentId: rivalId, topic: "price_model", text: "By the token.", source: "https://example.org/prices" },
  asOf: dayOf(clock.now()),
  ...change,
});
const rivalRow = async () => {
  const row = (await getSheet(planner)).find(({ agentId }) => agentId === rivalId);
  if (!row) throw new Error("the sheet lacks the agent");
  return row;
};
const topicOf = async (topic: string) => (await rivalRow()).topics.find((each) => each.topic === topic);

describe("the procurement sheet", () => {
  test("keeps every statement, and shows that of the newest day", async () => {
    await noteProcurement(admin, note());
    await noteProcurement(admin, note({ text: "It was by the seat.", asOf: dayOf(clock.now() - 10 * DAY) }));
    const state = await topicOf("price_model");
    expect(state).toMatchObject({ isStale: false, current: { text: "By the token." } });
    expect(state?.earlier.map(({ text }) => text)).toEqual(["It was by the seat."]);
    expect(await topicOf("integrations")).toMatchObject({ current: null, isStale: false, earlier: [] });
  });

  test("marks what is older than its days", async () => {
    await noteProcurement(
      admin,
      note({ topic: "api_maturity", asOf: dayOf(clock.now() - (STALE_DAYS + 2) * DAY) }),
    );
    expect(await topicOf("api_maturity")).toMatchObject({ isStale: true });
  });

  test("probe: a day before there were such agents is told as a slip of the pen", async () => {
    for (const asOf of ["0000-01-01", "0226-11-24", "1969-12-31", "1999-12-31"])
      expect([asOf, NoteProcurement.safeParse(note({ asOf })).success]).toEqual([asOf, false]);
    await noteProcurement(admin, NoteProcurement.parse(note({ topic: "integrations", asOf: "2000-01-01" })));
  });

  test("takes no day that has not come, and nobody's word but an operator's", async () => {
    await expect(noteProcurement(admin, note({ asOf: dayOf(clock.now() + 3 * DAY) }))).rejects.toThrow(
      "not come yet",
    );
    await expect(noteProcurement(reviewer, note())).rejects.toMatchObject({ code: "forbidden" });
  });

  test("measures what agents with runs did, and says of which query", async () => {
    const { comparisonId } = await planComparison(planner, scene.plan({ each: 1 }));
    await startComparison(planner, { comparisonId });
    for (const green of [true, true, false, false]) await scene.attempted("diff", green);
    // Those that only wait are in no mean, no median and no longest.
    const { comparisonId: waiting } = await planComparison(planner, scene.plan({ each: 1 }));
    await startComparison(planner, { comparisonId: waiting });
    const { rows } = await scene.database.owner.query(
      `select count(*)::int as runs, count(*) filter (where exists (select from evidence e where e.run_id = r.id and e.verdict = 'verified'))::int as green
       from run r where agent_id = $1`,
      [rivalId],
    );
    const { measured } = await rivalRow();
    expect(measured).toMatchObject({
      ...{ runs: rows[0].runs, finished: 2, verified: rows[0].green, medianMinutes: 1, longestMinutes: 1 },
      ...{ calls: 0, firstTokenMs: null, meanMicros: 0 },
    });
    const counted = new Map(figuresOf(measured).map(({ title, n }) => [title, n]));
    expect(["Runs", "Mean cost of a run", "Longest session"].map((title) => counted.get(title))).toEqual([
      ...[4, 2, 2],
    ]);
    expect(figuresOf(measured).every(({ query }) => /^(run|model_call)/.test(query))).toBe(true);
  });

  test("says of each figure how many it is counted from, and not of how many it was looked for", async () => {
    const { measured } = await rivalRow();
    const figures = figuresOf({
      ...measured,
      ...{ runs: 90, finished: 80, reviewed: 70, sessions: 60, calls: 5000, firstCalls: 4000, longCalls: 2 },
    });
    const counted = new Map(figures.map(({ title, n }) => [title, n]));
    expect(counted.get("Median time to review")).toBe(70);
    expect(counted.get("Longest session")).toBe(60);
    expect(counted.get("First token, all calls")).toBe(4000);
    expect(counted.get("First token from 64,000 tokens on")).toBe(2);
  });

  test("probe: hostile text stays text in its files", async () => {
    await noteProcurement(admin, note({ topic: "integrations", text: HOSTILE, source: "=cmd|calc" }));
    const sheet = await getSheet(planner);
    expect(sheetCsv(sheet)).toContain("'=HYPERLINK");
    const markdown = sheetMarkdown(sheet);
    expect(markdown).not.toContain("<img");
    expect(markdown).not.toContain("[a](javascript");
    expect(markdown).toContain(RIVAL);
  });

  test("probe: a source is http, https or words, and never another scheme or a password", () => {
    for (const source of [
      "javascript:alert(1)",
      "data:text/html,x",
      "ftp://x.org/a",
      "https://u:p@x.org/",
      "http://",
    ])
      expect([source, NoteProcurement.safeParse(note({ source })).success]).toEqual([source, false]);
    for (const source of ["https://x.org/a", "http://x.org", "Mail of their sales: yes"])
      expect([source, NoteProcurement.safeParse(note({ source })).success]).toEqual([source, true]);
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z]{2,12}$/), (scheme) => {
        expect(isFitSource(`${scheme}://host/path`)).toBe(["http", "https"].includes(scheme));
      }),
    );
  });
});
