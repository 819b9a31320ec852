// Spend, and the numbers that are told of minutes of people and of documents.
import { beforeAll, describe, expect, test } from "vitest";
import { ensureRecipeAgent } from "../agents/service.ts";
import { boardCsv, rowsCsv } from "../boards/csv.ts";
import { BoardQuery } from "../boards/schema.ts";
import { getBoard, listBoardRows } from "../boards/service.ts";
import { DAY, HOUR } from "../clock.ts";
import { readKpi } from "../kpis/read-kpi.ts";
import type { KpiId } from "../kpis/schema/kpi-id.ts";
import { defaultCharter } from "../pilots/defaults.ts";
import { activateDemoPilot } from "../pilots/service.ts";
import { createDemoPilot } from "../pilots/write-charter.ts";
import { addRepository, recordMirror } from "../repositories/service.ts";
import { member } from "../testing/arrange.ts";
import { testDatabase } from "../testing/database.ts";
import { factStory } from "../testing/fact-story.ts";
import { systemActor, testClock, testScope } from "../testing/scopes.ts";
import { spendCsv } from "./csv.ts";
import { setFix, setHour } from "./rates.ts";
import { getSpend } from "./service.ts";
import { SetFix, SetHour } from "./written.ts";

const START = Date.parse("2026-03-02T00:00:00Z"); // a Monday
const database = await testDatabase("web");
const { row, write, newRun, apply } = await factStory(database);
const clock = testClock(START);
const scope = testScope({ roles: ["engineering_lead"], actor: systemActor("demo"), clock });
const { agentId } = await ensureRecipeAgent(scope);
let pilotId: string;
let repositoryId: string;

const at = (days: number): Date => new Date(START + days * DAY);
const read = (kpi: KpiId, to = 28) =>
  readKpi(scope, { pilotId, kpi, from: at(0), to: at(to), asOf: at(100) });
const run = (id: string, kind: string, more: object = {}) =>
  row("run", {
    ...{ id, pilot_id: pilotId, agent_id: agentId, repository_id: repositoryId, kind, status: "merged" },
    ...{ launched_at: at(1), ended_at: at(2), ...more },
  });

beforeAll(async () => {
  for (const table of ["model_call", "lease", "document_score", "artefact"])
    await write(`alter table ${table} disable trigger user`, []);
  const source = { name: "repository", source: "/srv/git/one", authority: "own" } as const;
  ({ repositoryId } = await addRepository(scope, source));
  await recordMirror(scope, repositoryId, {
    outcome: "mirrored",
    branch: "main",
    head: "d".repeat(40),
    commits: 3,
  });
  const charter = defaultCharter(repositoryId, "main", "2026-04-30");
  const asked = { ...charter, kpis: { ...charter.kpis, minimumSample: 2 } };
  ({ pilotId } = await createDemoPilot(scope, { name: "Pilot", timeZone: "Europe/Berlin", charter: asked }));
  await activateDemoPilot(scope, pilotId);
});

const call = (id: string, runId: string, model: string, day: string, micros: number | null) =>
  row("model_call", {
    ...{ id, run_id: runId, pilot_id: pilotId, agent_id: agentId, requested_model: model, day },
    ...{
      opened_at: new Date(`${day}T12:00:00Z`),
      charged_micros: micros,
      state: micros === null ? "open" : "done",
      api: "chat",
    },
    ...{ settled_at: micros === null ? null : new Date(`${day}T12:01:00Z`), flags: [], items: [] },
  });

describe("what a pilot spent", () => {
  test("is told apart by agent, model, kind and day, and each comes to the same sum", async () => {
    await run("run_a", "repair");
    await run("run_b", "triage");
    await call("mcl_1", "run_a", "m-1", "2026-03-03", 2_000_000);
    await call("mcl_2", "run_a", "m-2", "2026-03-04", 500_000);
    await call("mcl_3", "run_b", "m-1", "2026-03-05", 1_000_000);
    await call("mcl_4", "run_b", "m-1", "2026-03-05", null);
    clock.advance(4 * DAY);
    const spend = await getSpend(scope, pilotId);
    expect(spend.spentMicros).toBe(3_500_000);
    expect(spend.shares.model).toMatchObject([
      { key: "m-1", micros: 3_000_000, calls: 2 },
      { key: "m-2", micros: 500_000, calls: 1 },
    ]);
    expect(spend.shares.kind.map(({ key, micros }) => [key, micros])).toEqual([
      ["repair", 2_500_000],
      ["triage", 1_000_000],
    ]);
    for (const shares of [...Object.values(spend.shares), spend.days])
      expect(shares.reduce((sum, { micros }) => sum + micros, 0)).toBe(3_500_000);
    expect(spend.days.at(-1)?.leftMicros).toBe(spend.budgetMicros - 3_500_000);
    expect(spend.projection).toMatchObject({ days: 4, perDayMicros: 875_000 });
    expect(spend.notes.map(({ text }) => text)).toEqual([
      "First call of the model m-1",
      "First call of the model m-2",
    ]);
  });

  test("keeps models, runners and people apart, by what held on the day, and says nothing where nobody said a price", async () => {
    await row("lease", {
      ...{ id: "lse_1", run_id: "run_a", attempt: 1, phase: "agent", runner_id: "rnr_1", tier: "strong" },
      ...{ granted_at: at(1), ended_at: new Date(at(1).getTime() + 2 * HOUR) },
    });
    await row("lease", {
      ...{ id: "lse_2", run_id: "run_a", attempt: 2, phase: "verify", runner_id: "rnr_1", tier: "strong" },
      ...{ granted_at: at(3), ended_at: new Date(at(3).getTime() + HOUR) },
    });
    const before = await getSpend(scope, pilotId);
    expect(before.costs).toMatchObject([
      { part: "model", micros: 3_500_000 },
      { part: "runner", micros: null, hours: 3, unpricedHours: 3 },
      { part: "people", micros: null, hours: 0 },
    ]);
    const hour = {
      pilotId,
      what: "runner_hour",
      price: "0.50",
      fromDay: "2026-03-05",
      source: "The bill.",
    } as const;
    await setHour(scope, SetHour.parse(hour));
    const { costs } = await getSpend(scope, pilotId);
    expect(costs[1]).toMatchObject({ micros: 500_000, hours: 3, unpricedHours: 2 });
    await setHour(scope, SetHour.parse({ ...hour, fromDay: "2026-03-01", price: "0.25" }));
    expect((await getSpend(scope, pilotId)).costs[1]).toMatchObject({ micros: 1_000_000, unpricedHours: 0 });
  });

  test("probe: is nobody's who does not see the pilot, and a price is not everybody's to say", async () => {
    const viewer = await member(scope, "viewer", "viewer");
    const fix = SetFix.parse({
      pilotId,
      kind: "repair",
      low: "1",
      high: "2",
      fromDay: "2026-03-01",
      source: "x",
    });
    await expect(setFix(viewer, fix)).rejects.toMatchObject({ code: "forbidden" });
    await expect(getSpend(testScope({ clock }), pilotId)).rejects.toMatchObject({ code: "not_found" });
    expect(SetFix.safeParse({ ...fix, low: "3", high: "2" }).success).toBe(false);
    expect(
      SetHour.safeParse({ pilotId, what: "runner_hour", price: "1001", fromDay: "2026-03-01", source: "x" })
        .success,
    ).toBe(false);
  });
});

describe("minutes of people in numbers", () => {
  const week = (monday: string, ends: number, ms: number | null, after: number | null) =>
    row("human_week", {
      ...{ pilot_id: pilotId, week: monday, ends_at: at(ends), milliseconds: ms },
      ...{ after_merge_milliseconds: after, off_tool_minutes: null },
    });

  test("are not connected until a week was counted and somebody said what a fix took", async () => {
    expect(await read("rework_minutes")).toMatchObject({ state: "not_connected" });
    await week("2026-03-02", 7, 3 * HOUR, HOUR / 2);
    expect(await read("rework_minutes")).toMatchObject({ state: "value", value: 30 });
    expect(await read("hours_reclaimed")).toMatchObject({ state: "not_connected" });
  });

  test("make hours reclaimed what fixes took before less all of them, between the low and the high figure", async () => {
    await setFix(
      scope,
      SetFix.parse({
        pilotId,
        kind: "repair",
        low: "30",
        high: "90",
        fromDay: "2026-03-01",
        source: "Time sheets.",
      }),
    );
    // Negative before any fix is validated.
    expect(await read("hours_reclaimed")).toMatchObject({ value: -3, numerator: 0, denominator: 3 });
    for (let nth = 0; nth < 2; nth++) {
      const fix = await newRun("repair", {
        pilot_id: pilotId,
        agent_id: agentId,
        repository_id: repositoryId,
      });
      for (const told of [
        { do: "propose", at: START + 2 * DAY },
        { do: "judge", patch: 0, verdict: "verified", at: START + 2 * DAY },
        { do: "intend", patch: 0 },
        { do: "settle", merge: 0, at: START + 3 * DAY },
        { do: "watch", merge: 0, at: START + 3 * DAY },
        { do: "end_watch", merge: 0, as: "held", at: START + 17 * DAY },
      ] as const)
        await apply(fix, told);
    }
    expect(await read("hours_reclaimed")).toMatchObject({
      ...{ value: 2 - 3, numerator: 2, denominator: 3, sample: 2 },
      interval: { low: 1 - 3, high: 3 - 3 },
    });
    expect((await getSpend(scope, pilotId)).costs[2]).toMatchObject({ part: "people" });
  });

  test("say nothing of a window in which a week had too few people, nor of one without a week that is over", async () => {
    await week("2026-03-09", 14, null, null);
    expect(await read("hours_reclaimed")).toMatchObject({ state: "too_few", value: null, denominator: null });
    expect(await read("hours_reclaimed", 8)).toMatchObject({ state: "value" });
    expect(await read("hours_reclaimed", 6)).toMatchObject({ state: "too_few", value: null });
    expect(await read("rework_minutes")).toMatchObject({ state: "too_few", censored: 1 });
  });

  test("probe: name nobody, in no file, row, split or table of what was spent", async () => {
    clock.advance(96 * DAY);
    const query = BoardQuery.parse({ pilotId, split: "agentId" });
    const board = await getBoard(scope, query);
    const rows = await Promise.all(
      (["hours_reclaimed", "rework_minutes"] as const).map(async (kpi) => {
        const list = await listBoardRows(scope, { ...query, split: "none", kpi });
        expect(list.length).toBeGreaterThan(0);
        return rowsCsv(kpi, list) + JSON.stringify(list);
      }),
    );
    const texts = [boardCsv(board), JSON.stringify(board), spendCsv(await getSpend(scope, pilotId)), ...rows];
    for (const text of texts) expect(text).not.toMatch(/per_[0-9a-z]{8,}|person_id/);
  });
});

describe("documents", () => {
  test("are told from their launch to their approval, and by what reviewers made of them", async () => {
    for (const [nth, hoursTaken] of [
      [1, 4],
      [2, 8],
    ] as const) {
      const id = `run_d${nth}`;
      await run(id, "document", { status: "failed", ended_at: at(20) });
      const promoted = new Date(at(1).getTime() + hoursTaken * HOUR);
      await row("artefact", {
        id: `art_${nth}`,
        run_id: id,
        number: 1,
        state: "promoted",
        gate_id: "gat_1",
        blob_id: `blb_${nth}`,
        scanned_at: promoted,
        promoted_at: promoted,
      });
    }
    expect(await read("time_to_content")).toMatchObject({ state: "value", value: 6, sample: 2 });
    expect(await read("content_quality")).toMatchObject({ state: "not_connected" });
    const score = (runId: string, personId: string, marks: [number, number, number]) => {
      const [accuracy, completeness, clarity] = marks;
      return row("document_score", {
        run_id: runId,
        person_id: personId,
        accuracy,
        completeness,
        clarity,
        at: at(3),
      });
    };
    await score("run_d1", "per_a", [5, 5, 5]);
    await score("run_d1", "per_b", [3, 3, 3]);
    expect(await read("content_quality")).toMatchObject({ state: "too_few", sample: 1 });
    await score("run_d2", "per_a", [1, 2, 3]);
    expect(await read("content_quality")).toMatchObject({ state: "value", value: 3, sample: 2 });
  });
});
