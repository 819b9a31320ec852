// Numbers told of a repository are shared by its pilots: what they say of another pilot's runs, and of other repositories, is nothing.
import { beforeAll, describe, expect, test } from "vitest";
import { ensureRecipeAgent } from "../agents/service.ts";
import { BoardQuery } from "../boards/schema.ts";
import { getBoard, listBoardRows } from "../boards/service.ts";
import { DAY, HOUR } from "../clock.ts";
import { defaultCharter } from "../pilots/defaults.ts";
import { activateDemoPilot } from "../pilots/service.ts";
import { createDemoPilot } from "../pilots/write-charter.ts";
import { addRepository, recordMirror } from "../repositories/service.ts";
import { testDatabase } from "../testing/database.ts";
import { factStory } from "../testing/fact-story.ts";
import { systemActor, testClock, testScope } from "../testing/scopes.ts";
import { listKpiRows, readKpi } from "./read-kpi.ts";
import type { KpiId } from "./schema/kpi-id.ts";

const START = Date.parse("2026-03-02T09:00:00Z");
const database = await testDatabase("web");
const story = await factStory(database);
const { row, write } = story;
const clock = testClock(START);
const scope = testScope({ roles: ["engineering_lead"], actor: systemActor("demo"), clock });
const { agentId } = await ensureRecipeAgent(scope);
const OUTSIDE = ["deployment", "deployment_carries", "incident", "outside_change", "outside_ci_run"];

beforeAll(async () => {
  for (const table of [...OUTSIDE, "outside_import"])
    await write(`alter table ${table} disable trigger user`, []);
});

let made = 0;
async function newRepository(): Promise<string> {
  const source = { name: `repository-${++made}`, source: `/srv/git/${made}`, authority: "own" } as const;
  const { repositoryId } = await addRepository(scope, source);
  const mirror = { outcome: "mirrored", branch: "main", head: "d".repeat(40), commits: 3 } as const;
  await recordMirror(scope, repositoryId, mirror);
  return repositoryId;
}
async function newPilot(repositoryId: string, baselineDays?: number): Promise<string> {
  const charter = defaultCharter(repositoryId, "main", "2030-12-31");
  const goal = baselineDays === undefined ? charter.goal : { ...charter.goal, baselineDays };
  const asked = { ...charter, goal, kpis: { ...charter.kpis, minimumSample: 2 } };
  const pilot = { name: `Pilot ${++made}`, timeZone: "UTC", charter: asked };
  const { pilotId } = await createDemoPilot(scope, pilot);
  await activateDemoPilot(scope, pilotId);
  return pilotId;
}

const at = (hours: number): Date => new Date(START + hours * HOUR);
const window = { from: at(0), to: at(28 * 24), asOf: at(100 * 24) };
const read = (pilotId: string, kpi: KpiId, asOf = window.asOf) =>
  readKpi(scope, { ...window, pilotId, kpi, asOf });
const common = () => ({ source: "test", external_id: `x${++made}`, as_of: at(0), import_id: "imp_1" });
async function deployed(repositoryId: string, hour: number): Promise<string> {
  const id = `dpl_${++made}`;
  const place = { repository_id: repositoryId, environment: "production", production: true };
  const end = { status: "succeeded", started_at: at(hour - 0.1), finished_at: at(hour) };
  await row("deployment", { id, ...common(), ...place, ...end, head_sha: "a".repeat(40) });
  return id;
}

test("probe: a deployment that brought merges of two pilots names to each its own runs alone", async () => {
  const repositoryId = await newRepository();
  const [mine, theirs] = [await newPilot(repositoryId), await newPilot(repositoryId)];
  const deployment = await deployed(repositoryId, 48);
  const runs: Record<string, string> = {};
  for (const pilotId of [mine, theirs]) {
    const place = { pilot_id: pilotId, agent_id: agentId, repository_id: repositoryId };
    const run = await story.newRun("repair", place);
    await write("update run set title = $2 where id = $1", [run.id, `Secret of ${pilotId}`]);
    await story.propose(run, START);
    await story.apply(run, { do: "intend", patch: 0 });
    await story.apply(run, { do: "settle", merge: 0, at: START + HOUR });
    await story.apply(run, { do: "watch", merge: 0, at: START + HOUR });
    const [merge] = run.merges;
    if (!merge) throw new Error("the run has no merge");
    await row("deployment_carries", { deployment_id: deployment, kind: "merge", subject_id: merge.id });
    runs[pilotId] = run.id;
  }
  const member = testScope({ roles: [["viewer", mine]], clock });
  clock.advance(5 * DAY);
  const asked = { ...BoardQuery.parse({ pilotId: mine }), kpi: "change_lead_time" } as const;
  for (const rows of [
    await listKpiRows(member, { ...window, pilotId: mine, kpi: "change_lead_time" }),
    await listBoardRows(member, asked),
  ]) {
    // Both changes count: the number is the repository's.
    expect(rows).toHaveLength(2);
    const named = rows.filter(({ runId }) => runId !== null);
    expect(named.map(({ runId, title }) => [runId, title])).toEqual([[runs[mine], `Secret of ${mine}`]]);
    expect(JSON.stringify(rows)).not.toContain(theirs);
    expect(JSON.stringify(rows)).not.toContain(runs[theirs]);
  }
});

test("a repository's failed deployments are told where its own failures are, not those of another", async () => {
  const [one, other] = [await newRepository(), await newRepository()];
  const [pilotId, otherPilot] = [await newPilot(one), await newPilot(other)];
  await deployed(one, 24);
  await deployed(other, 24);
  await row("outside_import", { id: "imp_1", kind: "incident", way: "api", digest: "a".repeat(64) });
  const times = { detected_at: at(30), restored_at: at(31) };
  await row("incident", { id: "inc_1", ...common(), severity: "high", ...times, repository_id: other });
  expect((await read(pilotId, "failed_deployment_rate")).state).toBe("not_connected");
  expect((await read(pilotId, "recovery_time")).state).toBe("not_connected");
  expect((await read(otherPilot, "failed_deployment_rate")).state).not.toBe("not_connected");
});

async function ciRun(repositoryId: string, started: number, finished: number, conclusion: string) {
  const times = { started_at: at(started), finished_at: at(finished) };
  const place = { repository_id: repositoryId, workflow: "ci", head_sha: "a".repeat(40) };
  await row("outside_ci_run", { id: `ci_${++made}`, ...common(), ...place, ...times, conclusion });
}

describe("red to green", () => {
  test("of a run that fails after a later one passed is no time, and never less", async () => {
    const repositoryId = await newRepository();
    const pilotId = await newPilot(repositoryId);
    await ciRun(repositoryId, 1, 5, "failure");
    await ciRun(repositoryId, 2, 3, "success");
    await ciRun(repositoryId, 10, 11, "failure");
    await ciRun(repositoryId, 12, 15, "success");
    const rows = await listKpiRows(scope, { ...window, pilotId, kpi: "red_to_green" });
    expect(rows.map(({ value }) => value)).toEqual([4, 0]);
    expect(await read(pilotId, "red_to_green")).toMatchObject({ sample: 2, censored: 0, value: 2 });
  });

  test("of more than are resampled takes into account those that are not over", async () => {
    const repositoryId = await newRepository();
    const pilotId = await newPilot(repositoryId);
    // 1200 stretches of 1 to 1200 seconds, each of a workflow of its own, and 400 workflows that are still red.
    await write(
      `insert into outside_ci_run (id, source, external_id, repository_id, workflow, head_sha, conclusion, started_at, finished_at,
         as_of, import_id)
       select 'many' || n || c, 'many', 'many' || n || c, $1, 'w' || n, repeat('a', 40), c,
         $2::timestamptz + case c when 'failure' then interval '0' else n * interval '1 second' end,
         $2::timestamptz + case c when 'failure' then interval '0' else n * interval '1 second' end, $2, 'imp_1'
       from generate_series(1, 1600) as n, unnest(array['failure', 'success']) as c where c = 'failure' or n <= 1200`,
      [repositoryId, at(1)],
    );
    const reading = await read(pilotId, "red_to_green");
    expect(reading).toMatchObject({ sample: 1200, censored: 400 });
    // Half of 1600, not of 1200: the 800th is over after 800 seconds, the next after 801.
    expect((reading.value ?? 0) * 3600).toBeCloseTo(800.5);
    // 90 % are not over, and nobody can say when they will be.
    expect(reading.p90).toBeNull();
    // 1.96 · √1600 / 2 = 39 ranks to each side.
    const { low, high } = reading.interval ?? { low: 0, high: 0 };
    expect(Math.abs(low * 3600 - 761)).toBeLessThan(2);
    expect(Math.abs(high * 3600 - 840)).toBeLessThan(2);
  });
});

test("a board stands beside the days without agents where the charter has them, by what people did", async () => {
  clock.advance(START - clock.now());
  const repositoryId = await newRepository();
  const pilotId = await newPilot(repositoryId, 14);
  for (const hour of [24, 200, 300]) {
    const times = { opened_at: at(hour - 6), merged_at: at(hour), repository_id: repositoryId };
    await row("outside_change", { id: `chg_${++made}`, ...common(), ...times });
  }
  const board = () => getBoard(scope, BoardQuery.parse({ pilotId, range: "7d", compare: "baseline" }));
  clock.advance(10 * DAY);
  expect((await board()).before).toBeNull();
  clock.advance(10 * DAY);
  const { before, numbers } = await board();
  expect(before).toEqual({ from: at(0), to: at(14 * 24) });
  const told = new Map(numbers.map((number) => [number.reading.kpi, number.before]));
  expect(told.get("throughput")).toMatchObject({ value: 1.5, numerator: 3 });
  expect(told.get("review_to_merge")).toMatchObject({ value: 6 });
  // Of runs there were none, and that says nothing.
  expect(told.get("failed_share")).toBeNull();
});
