// Numbers of what happens outside, of gates, findings, stops and money; and the time in which things are measured without agents.
import { beforeAll, describe, expect, test } from "vitest";
import { ensureRecipeAgent } from "../agents/service.ts";
import { DAY, HOUR, MINUTE } from "../clock.ts";
import { defaultCharter } from "../pilots/defaults.ts";
import type { Metric } from "../pilots/schema/goal.ts";
import { activateDemoPilot } from "../pilots/service.ts";
import { createDemoPilot } from "../pilots/write-charter.ts";
import { addRepository, recordMirror } from "../repositories/service.ts";
import { launchRun } from "../runs/launch-run.ts";
import { testDatabase } from "../testing/database.ts";
import { factStory } from "../testing/fact-story.ts";
import { systemActor, testClock, testScope } from "../testing/scopes.ts";
import { listKpiRows, readKpi } from "./read-kpi.ts";
import type { KpiId } from "./schema/kpi-id.ts";
import type { KpiSplit } from "./schema/reading.ts";
import { getKpis } from "./service.ts";

const START = Date.parse("2026-03-02T09:00:00Z");
const database = await testDatabase("web");
const { row, write } = await factStory(database);
const clock = testClock(START);
const scope = testScope({ roles: ["engineering_lead"], actor: systemActor("demo"), clock });
const { agentId } = await ensureRecipeAgent(scope);
const OUTSIDE = ["deployment", "incident", "outside_change", "outside_ci_run", "page_call", "outside_import"];
const WITHOUT_ENTRIES = [...OUTSIDE, "stop_reach", "deployment_carries", "incident_link"];

beforeAll(async () => {
  for (const table of WITHOUT_ENTRIES) await write(`alter table ${table} disable trigger user`, []);
});

let made = 0;
/** A pilot on a repository of its own. */
async function newPilot(goal: { metrics?: Metric[]; baselineDays?: number } = {}) {
  made += 1;
  const source = { name: `repository-${made}`, source: `/srv/git/${made}`, authority: "own" } as const;
  const { repositoryId } = await addRepository(scope, source);
  const mirror = { outcome: "mirrored", branch: "main", head: "d".repeat(40), commits: 3 } as const;
  await recordMirror(scope, repositoryId, mirror);
  const charter = defaultCharter(repositoryId, "main", "2030-12-31");
  const asked = {
    ...charter,
    goal: { ...charter.goal, ...goal },
    kpis: { ...charter.kpis, minimumSample: 2 },
  };
  const pilot = { name: `Pilot ${made}`, timeZone: "UTC", charter: asked };
  const { pilotId } = await createDemoPilot(scope, pilot);
  await activateDemoPilot(scope, pilotId);
  return { pilotId, repositoryId };
}

const at = (days: number): Date => new Date(START + days * DAY);
const read = (pilotId: string, kpi: KpiId, split: KpiSplit = {}, asOf = at(100)) =>
  readKpi(scope, { pilotId, kpi, from: at(0), to: at(28), asOf, split });
const rowIds = async (pilotId: string, kpi: KpiId) =>
  (await listKpiRows(scope, { pilotId, kpi, from: at(0), to: at(28), asOf: at(100) })).map(({ id }) => id);

const common = () => ({ source: "test", external_id: `x${++made}`, as_of: at(0), import_id: "imp_1" });
async function deployed(repositoryId: string, id: string, day: number, more: object = {}): Promise<void> {
  const place = { repository_id: repositoryId, environment: "production", production: true };
  const end = { status: "succeeded", started_at: at(day - 0.01), finished_at: at(day) };
  await row("deployment", { id, ...common(), ...place, ...end, head_sha: "a".repeat(40), ...more });
}

describe("DORA", () => {
  test("counts a deployment once, a failed one once, and tells changes of agents and people apart", async () => {
    const { pilotId, repositoryId } = await newPilot();
    expect(await read(pilotId, "deployment_frequency")).toMatchObject({ state: "not_connected" });
    for (const [id, day] of [
      ["one", 2],
      ["two", 9],
      ["three", 16],
      ["late", 28],
    ] as const)
      await deployed(repositoryId, id + repositoryId, day);
    const [one, two] = [`one${repositoryId}`, `two${repositoryId}`];
    await deployed(repositoryId, `staging${repositoryId}`, 3, { production: false, environment: "staging" });
    await deployed(repositoryId, `broken${repositoryId}`, 4, { status: "failed" });
    expect(await read(pilotId, "deployment_frequency")).toMatchObject({ numerator: 3, value: 0.75 });
    // Nobody tells of incidents: that none is known says nothing.
    expect(await read(pilotId, "failed_deployment_rate")).toMatchObject({
      state: "not_connected",
      value: null,
    });

    await row("outside_import", { id: "imp_1", kind: "incident", way: "api", digest: "a".repeat(64) });
    for (const [id, hours, restored] of [
      ["i1", 1, 3],
      ["i2", 2, 5],
      ["i3", 1, null],
    ] as const) {
      const times = { detected_at: at(hours / 24 + 2), restored_at: restored && at(restored / 24 + 2) };
      await row("incident", {
        id: id + repositoryId,
        ...common(),
        severity: "high",
        ...times,
        repository_id: repositoryId,
      });
      const cause = id === "i3" ? two : one;
      await row("incident_link", { incident_id: id + repositoryId, deployment_id: cause, decided_at: at(9) });
    }
    expect(await read(pilotId, "failed_deployment_rate")).toMatchObject({ numerator: 2, denominator: 3 });
    const recovery = await read(pilotId, "recovery_time");
    // One was over four hours after it was first seen; the other is not.
    expect(recovery).toMatchObject({ sample: 1, censored: 1 });
    expect(recovery.value).toBeCloseTo(4);
    expect((await read(pilotId, "recovery_time", {}, at(2 + 4 / 24))).censored).toBe(2);

    for (const [id, opened, merged] of [
      ["c1", 1, 1.5],
      ["c2", 0.5, 1],
    ] as const) {
      const times = { opened_at: at(opened), merged_at: at(merged), repository_id: repositoryId };
      await row("outside_change", { id: id + repositoryId, ...common(), ...times });
      await row("deployment_carries", { deployment_id: one, kind: "change", subject_id: id + repositoryId });
      // Deployed again with the next: it was in production before.
      await row("deployment_carries", { deployment_id: two, kind: "change", subject_id: id + repositoryId });
    }
    const lead = await read(pilotId, "change_lead_time", { author: "human" });
    expect(lead).toMatchObject({ sample: 2, value: 30 });
    expect(await rowIds(pilotId, "change_lead_time")).toHaveLength(2);
    expect(await read(pilotId, "change_lead_time", { author: "agent" })).toMatchObject({ sample: 0 });
    expect(await read(pilotId, "deployment_frequency", { author: "human" })).toMatchObject({ numerator: 2 });
    expect(await read(pilotId, "deployment_frequency", { author: "agent" })).toMatchObject({ numerator: 0 });
  });
});

test("red to green is told by stretches of red of one workflow; one that is still red lasts on", async () => {
  const { pilotId, repositoryId } = await newPilot();
  expect(await read(pilotId, "red_to_green")).toMatchObject({ state: "not_connected" });
  // Hours, workflow, how it ended: two stretches of one, the second still red; one of another.
  const runs = [
    ...[
      [0, "ci", "success"],
      [1, "ci", "failure"],
      [2, "ci", "failure"],
      [2.5, "ci", "cancelled"],
    ],
    ...[
      [4, "ci", "success"],
      [10, "ci", "failure"],
      [5, "docs", "failure"],
      [12, "docs", "success"],
    ],
  ] as const;
  for (const [hour, workflow, conclusion] of runs) {
    const times = { started_at: at((hour - 0.1) / 24), finished_at: at(hour / 24) };
    const place = { repository_id: repositoryId, workflow, head_sha: "a".repeat(40) };
    await row("outside_ci_run", {
      id: `${workflow}${hour}${repositoryId}`,
      ...common(),
      ...place,
      ...times,
      conclusion,
    });
  }
  const reading = await read(pilotId, "red_to_green", {}, at(2));
  expect(reading).toMatchObject({ sample: 2, censored: 1 });
  // 3 h and 7 h are over, 38 h are not: half of three are over after 7.
  expect(reading.value).toBeCloseTo(7);
  expect(await rowIds(pilotId, "red_to_green")).toEqual(
    ["ci10", "docs5", "ci1"].map((id) => id + repositoryId),
  );
  expect(await read(pilotId, "red_to_green", {}, at(3 / 24))).toMatchObject({ sample: 0, censored: 1 });
});

test("calls of people on duty count where they are about tests or releases", async () => {
  const { pilotId, repositoryId } = await newPilot();
  expect(await read(pilotId, "wakeups")).toMatchObject({ state: "not_connected" });
  for (const [about, day] of [
    ["tests", 1],
    ["releases", 8],
    ["other", 9],
    ["tests", 30],
  ] as const)
    await row("page_call", {
      id: `pg${++made}`,
      ...common(),
      about,
      called_at: at(day),
      repository_id: repositoryId,
    });
  expect(await read(pilotId, "wakeups")).toMatchObject({ numerator: 2, denominator: 4, value: 0.5 });
});

test("findings are told apart by the agent of their own run, and not by that of any run", async () => {
  const { pilotId, repositoryId } = await newPilot();
  for (const [name, agent] of [
    ["one", "agt_one"],
    ["two", "agt_two"],
    ["three", "agt_two"],
  ]) {
    const run = {
      id: `run_${name}${pilotId}`,
      pilot_id: pilotId,
      agent_id: agent,
      repository_id: repositoryId,
    };
    await row("run", { ...run, kind: "repair", status: "in_review", launched_at: at(1) });
    const finding = { id: `fnd_${name}${pilotId}`, rule: name, pilot_id: pilotId, run_id: run.id };
    await row("finding", { ...finding, state: "validated", opened_at: at(1) });
    const step = { finding_id: finding.id, number: 1, at: at(2), to_state: "validated" };
    await row("finding_step", step);
  }
  const sampleOf = async (agent: string) =>
    (await read(pilotId, "finding_precision", { agentId: agent })).sample;
  expect([await sampleOf("agt_one"), await sampleOf("agt_two"), await sampleOf("agt_three")]).toEqual([
    1, 2, 0,
  ]);
});

test("findings, gates, stops and money are told of their own rows", async () => {
  const { pilotId, repositoryId } = await newPilot();
  for (const [id, state, suppression] of [
    ...[
      ["f1", "validated", null],
      ["f2", "dismissed", "sup_1"],
      ["f3", "open", null],
      ["f4", "dismissed", "sup_1"],
    ],
  ] as const) {
    const finding = {
      id: id + pilotId,
      pilot_id: pilotId,
      rule: id + pilotId,
      state,
      suppression_id: suppression,
    };
    await row("finding", { ...finding, opened_at: at(1) });
    const seen = new Date(at(1).getTime() - 30_000);
    await row("finding_count", { finding_id: id + pilotId, times: 1, first_at: seen, last_at: seen });
    // The last was dismissed as it came, by what somebody decided about another.
    if (state !== "open" && id !== "f4")
      await row("finding_step", { finding_id: id + pilotId, number: 1, at: at(2), to_state: state });
  }
  expect(await read(pilotId, "findings_validated")).toMatchObject({ numerator: 1, value: 0.25 });
  expect(await read(pilotId, "finding_precision")).toMatchObject({
    numerator: 1,
    denominator: 2,
    censored: 1,
    value: 50,
  });
  expect(await read(pilotId, "time_to_detect")).toMatchObject({ value: 30, sample: 4 });

  for (const [id, status, hours] of [
    ["g1", "approved", 1],
    ["g2", "denied", 3],
    ["g3", "expired", 72],
    ["g4", "open", 0],
  ] as const) {
    const decided = status === "open" ? null : new Date(at(1).getTime() + hours * HOUR);
    const gate = {
      id: id + pilotId,
      kind: "mid_run",
      pilot_id: pilotId,
      status,
      created_at: at(1),
      decided_at: decided,
    };
    await row("gate", { ...gate, expires_at: at(4) });
  }
  expect(await read(pilotId, "decision_time")).toMatchObject({ sample: 2, value: 2 });
  expect(await read(pilotId, "gate_usefulness")).toMatchObject({ numerator: 1, denominator: 2, value: 50 });

  for (const [id, outcome, ms] of [
    ["s1", "stopped", 400],
    ["s2", "stopped", 600],
    ["s3", "not_reached", null],
  ] as const) {
    const lease = { lease_id: id + pilotId, stop_id: "stp_1", pilot_id: pilotId, pulled_at: at(1), outcome };
    await row("stop_reach", { ...lease, phase: "agent", stop_ms: ms, settled_at: at(1) });
  }
  expect(await read(pilotId, "stop_time")).toMatchObject({ sample: 2, censored: 1, value: 0.6 });

  for (const [id, micros] of [
    ["r1", 2_000_000],
    ["r2", 500_000],
    ["r3", 0],
  ] as const) {
    const run = {
      pilot_id: pilotId,
      agent_id: agentId,
      repository_id: repositoryId,
      kind: "repair",
      status: "failed",
    };
    await row("run", { id: id + pilotId, ...run, launched_at: at(1), ended_at: at(2) });
    if (micros > 0)
      await row("budget_use", {
        kind: "run",
        subject: id + pilotId,
        day: "",
        reserved_micros: 0,
        spent_micros: micros,
      });
  }
  expect(await read(pilotId, "cost_per_run")).toMatchObject({ sample: 3, numerator: 2.5, value: 2.5 / 3 });
  expect(await read(pilotId, "cost_per_fix")).toMatchObject({
    state: "too_few",
    numerator: 2.5,
    denominator: 0,
  });
  await row("budget_use", {
    kind: "day",
    subject: pilotId,
    day: "2026-03-03",
    reserved_micros: 0,
    spent_micros: 2_000_000,
  });
  // Before the window began; and after it was asked, which is not known then.
  for (const [day, micros] of [
    ["2026-03-01", 3_000_000],
    ["2026-03-09", 1_000_000],
  ] as const)
    await row("budget_use", {
      ...{ kind: "day", subject: pilotId, day, reserved_micros: 0, spent_micros: micros },
    });
  const burn = await read(pilotId, "budget_burn", {}, at(3));
  expect(burn.numerator).toBe(5);
  expect(burn.value).toBeCloseTo(500 / (burn.denominator ?? 0));
  // Half a dollar a day, for four days so far, until the charter ends.
  const daysLeft = (Date.parse("2030-12-31") - Date.parse("2026-03-05")) / DAY;
  expect(burn.projection?.atEnd).toBeCloseTo((100 * (5 + 0.5 * daysLeft)) / (burn.denominator ?? 0));
  // A window that is over says what it said when it ended, whenever it is asked for.
  const window = { pilotId, kpi: "budget_burn", from: at(0), to: at(3) } as const;
  expect(await readKpi(scope, { ...window, asOf: at(100) })).toEqual(burn);
  // One that ends at midnight ends with the day before; one of no length at all is no quotient of nothing.
  const midnight = new Date("2026-03-03T00:00:00Z");
  expect(await readKpi(scope, { ...window, to: midnight, asOf: at(100) })).toMatchObject({ numerator: 3 });
  const empty = await readKpi(scope, { ...window, from: midnight, to: midnight, asOf: at(100) });
  expect(empty.projection?.atEnd).toBeGreaterThanOrEqual(0);
});

describe("a time without agents", () => {
  const aim = (kpi: Metric["kpi"], target: number): Metric => ({ kpi, target, baseline: null, source: "" });
  const metrics = [
    aim("throughput", 2),
    aim("review_to_merge", 8),
    aim("red_to_green", 8),
    aim("failed_share", 10),
  ];

  test("refuses launches, and is what the numbers are held against by the same instruments", async () => {
    clock.advance(START - clock.now());
    const { pilotId, repositoryId } = await newPilot({ metrics, baselineDays: 7 });
    const launch = (requestKey: string) =>
      launchRun(scope, { pilotId, agentId, title: "Repair", requestKey });
    await expect(launch("early")).rejects.toThrow(
      "Until Monday 9 March, 09:00 the pilot measures how things are without agents. Nothing is launched before.",
    );
    for (const [opened, merged] of [
      [1, 1.25],
      [2, 2.5],
      [3, 3.25],
      [8, 9],
    ] as const) {
      const times = { opened_at: at(opened), merged_at: at(merged), repository_id: repositoryId };
      await row("outside_change", { id: `ch${++made}`, ...common(), ...times });
    }
    for (const [hour, conclusion] of [
      [24, "failure"],
      [34, "success"],
    ] as const) {
      const times = { started_at: at((hour - 0.1) / 24), finished_at: at(hour / 24) };
      const place = { repository_id: repositoryId, workflow: "ci", head_sha: "a".repeat(40) };
      await row("outside_ci_run", { id: `ci${++made}`, ...common(), ...place, ...times, conclusion });
    }
    clock.advance(6 * DAY);
    const before = (await getKpis(scope, { pilotId })).metrics;
    expect(before.map(({ baseline }) => baseline.value)).toEqual([null, null, null, null]);
    clock.advance(DAY);
    await launch("now");
    clock.advance(8 * DAY + MINUTE);
    const report = await getKpis(scope, { pilotId });
    expect(report.metrics.map(({ kpi, baseline }) => [kpi, baseline.value])).toEqual([
      ["throughput", 3],
      ["review_to_merge", 6],
      ["red_to_green", expect.closeTo(10)],
      ["failed_share", null],
    ]);
    // Agents are measured from when they were let in.
    expect(report.throughput.weeks).toBeCloseTo(8 / 7, 2);
  });
});
