import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { ensureRecipeAgent } from "../agents/service.ts";
import { DAY, HOUR, MINUTE } from "../clock.ts";
import { transaction } from "../db.ts";
import { defaultCharter } from "../pilots/defaults.ts";
import { activateDemoPilot } from "../pilots/service.ts";
import { createDemoPilot } from "../pilots/write-charter.ts";
import { addRepository, recordMirror } from "../repositories/service.ts";
import { launchRun } from "../runs/launch-run.ts";
import { moveRun } from "../runs/move-run.ts";
import { isEnded, TRANSITIONS } from "../runs/rules.ts";
import { lockRun } from "../runs/run-in-tx.ts";
import type { RunStatus } from "../runs/schema.ts";
import { testDatabase } from "../testing/database.ts";
import { systemActor, testClock, testScope } from "../testing/scopes.ts";
import { getKpis, listRunFacts } from "./service.ts";

const database = await testDatabase("web");
// A Monday; the walks below know which week they are in.
const clock = testClock(Date.parse("2026-03-02T09:00:00Z"));
const scope = testScope({ roles: ["engineering_lead"], actor: systemActor("demo"), clock });
let repositoryId = "";
let agentId = "";

beforeAll(async () => {
  await database.owner.query("select ensure_run_event_partitions()");
  const { rows } = await database.owner.query(
    "select run_id_bound('2026-01-01') as low, min(pg_get_expr(c.relpartbound, c.oid)) as first from pg_inherits i join pg_class c on c.oid = i.inhrelid where i.inhparent = 'run_event'::regclass",
  );
  const first = /'(run_[^']+)'/.exec(rows[0].first)?.[1];
  await database.owner.query(
    `create table run_event_before partition of run_event for values from ('${rows[0].low}') to ('${first}')`,
  );
  ({ agentId } = await ensureRecipeAgent(scope));
  ({ repositoryId } = await addRepository(scope, {
    name: "ledger",
    source: "/srv/git/ledger",
    authority: "own",
  }));
  await recordMirror(scope, repositoryId, {
    outcome: "mirrored",
    branch: "main",
    head: "d".repeat(40),
    commits: 3,
  });
});

async function pilotIn(timeZone: string): Promise<string> {
  const charter = defaultCharter(repositoryId, "main", "2030-12-31");
  const { pilotId } = await createDemoPilot(scope, { name: timeZone, timeZone, charter });
  await activateDemoPilot(scope, pilotId);
  return pilotId;
}

let requests = 0;
const launch = async (pilotId: string): Promise<string> => {
  requests += 1;
  const { runId } = await launchRun(scope, {
    pilotId,
    agentId,
    title: `Repair ${requests}`,
    requestKey: `request-${requests}`,
  });
  return runId;
};

async function move(
  runId: string,
  to: RunStatus,
  change: { attempt?: number; noChange?: boolean } = {},
): Promise<void> {
  await transaction(scope, async (tx) => {
    const moved = await moveRun(tx, scope, await lockRun(tx, runId), to, "", change);
    tx.record({ kind: "run.prepared", about: [`run:${runId}`], ...moved, detail: { attempt: 1 } });
  });
}

/** Launches a run and takes it to review in half an hour; merged or ended `after` milliseconds later. */
async function run(pilotId: string, end: RunStatus, after: number, attempt = 1): Promise<string> {
  const runId = await launch(pilotId);
  await move(runId, "preparing", { attempt });
  await move(runId, "working");
  await move(runId, "verifying");
  clock.advance(30 * MINUTE);
  await move(runId, "in_review");
  clock.advance(after);
  if (end === "merged") await move(runId, "merging");
  await move(runId, end);
  return runId;
}

describe("the KPIs of a pilot", () => {
  test("of a pilot that has done nothing tell nothing, and invent nothing", async () => {
    const pilotId = await pilotIn("UTC");
    const report = await getKpis(scope, { pilotId });
    expect(report).toMatchObject({
      throughput: { perWeek: null, sample: 0, verdict: "cannot_tell", target: 3 },
      agentLeadTime: { median: null, p90: null, interval: null, needed: 5 },
      outcomes: { ended: 0, open: 0 },
    });
    expect(report.weeks).toHaveLength(1);
    expect(report.weeks[0]).toMatchObject({ launched: 0, merged: 0, leadTime: null, partial: true });
  });

  test("count, measure and open exactly the rows they rest on", async () => {
    const pilotId = await pilotIn("UTC");
    const hours = [1, 2, 3, 4, 5, 6];
    const merged: string[] = [];
    for (const each of hours) {
      merged.push(await run(pilotId, "merged", each * HOUR - 30 * MINUTE));
      clock.advance(2 * DAY);
    }
    const rejected = await run(pilotId, "rejected", HOUR, 2);
    const nothing = await launch(pilotId);
    await move(nothing, "preparing", { attempt: 1 });
    await move(nothing, "working");
    await move(nothing, "failed", { noChange: true });
    const open = await launch(pilotId);

    const report = await getKpis(scope, { pilotId });
    expect(report.agentLeadTime).toMatchObject({
      sample: 6,
      median: 3.5 * HOUR,
      p90: 5.5 * HOUR,
      verdict: "met",
      target: 24 * HOUR,
    });
    expect(report.reviewToMerge).toMatchObject({ sample: 6, median: 3 * HOUR, provisional: 6 });
    expect(report.throughput.sample).toBe(6);
    expect(report.throughput.perWeek).toBeCloseTo(6 / report.throughput.weeks, 9);
    expect(report.outcomes).toMatchObject({ ended: 8, open: 1 });
    expect(report.outcomes.shares.map((share) => [share.outcome, share.count, share.attempts])).toEqual([
      ...[
        ["merged", 6, 6],
        ["rejected", 1, 2],
        ["no_change", 1, 1],
        ["failed", 0, 0],
        ["cancelled", 0, 0],
      ],
    ]);

    expect((await listRunFacts(scope, { pilotId, kpi: "agent_lead_time" })).map((row) => row.runId)).toEqual(
      [...merged].reverse(),
    );
    expect(
      (await listRunFacts(scope, { pilotId, kpi: "outcomes", outcome: "rejected" })).map((row) => row.runId),
    ).toEqual([rejected]);
    expect((await listRunFacts(scope, { pilotId, kpi: "outcomes" })).map((row) => row.runId)).not.toContain(
      open,
    );
    const [newest] = await listRunFacts(scope, { pilotId, kpi: "throughput" });
    expect(newest).toMatchObject({
      agentName: "Recipe",
      outcome: "merged",
      leadTime: 6 * HOUR,
      reviewToMerge: 5.5 * HOUR,
      provisional: true,
    });

    clock.advance(20 * DAY);
    expect((await getKpis(scope, { pilotId })).reviewToMerge.provisional).toBe(0);
    expect((await getKpis(scope, { pilotId, agentId: "agt_nobody" })).outcomes).toMatchObject({
      ended: 0,
      open: 0,
    });
  });

  test("put a merge into the week of the pilot's own zone, and the weeks add up to the whole", async () => {
    const sunday = Date.parse("2026-08-02T23:30:00Z");
    clock.advance(Date.parse("2026-07-28T12:00:00Z") - clock.now());
    const pilots = {
      utc: await pilotIn("UTC"),
      berlin: await pilotIn("Europe/Berlin"),
      york: await pilotIn("America/New_York"),
    };
    clock.advance(sunday - HOUR - clock.now());
    const runs = await Promise.all(Object.values(pilots).map(launch));
    for (const runId of runs)
      for (const to of ["preparing", "working", "verifying", "in_review", "merging"] as const)
        await move(runId, to, { attempt: 1 });
    clock.advance(sunday - clock.now());
    for (const runId of runs) await move(runId, "merged");
    clock.advance(9 * DAY);

    const weekOf = async (pilotId: string) =>
      (await getKpis(scope, { pilotId })).weeks.filter((week) => week.merged > 0).map((week) => week.week);
    expect(await weekOf(pilots.utc)).toEqual(["2026-07-27"]);
    expect(await weekOf(pilots.berlin)).toEqual(["2026-08-03"]);
    expect(await weekOf(pilots.york)).toEqual(["2026-07-27"]);
    expect(
      await listRunFacts(scope, { pilotId: pilots.berlin, kpi: "throughput", week: "2026-08-03" }),
    ).toHaveLength(1);
    expect(
      await listRunFacts(scope, { pilotId: pilots.berlin, kpi: "throughput", week: "2026-07-27" }),
    ).toEqual([]);
    expect(
      await listRunFacts(scope, {
        pilotId: pilots.berlin,
        kpi: "outcomes",
        week: "2026-08-03",
        outcome: "merged",
      }),
    ).toHaveLength(1);

    const { weeks } = await getKpis(scope, { pilotId: pilots.berlin });
    expect(weeks.map((week) => [week.week, week.launched, week.merged, week.leadTime, week.partial])).toEqual(
      [
        ["2026-07-27", 0, 0, null, true],
        ["2026-08-03", 1, 1, HOUR, false],
        ["2026-08-10", 0, 0, null, true],
      ],
    );
  });

  test("a week's median is the one the rules compute from its rows", async () => {
    const pilotId = await pilotIn("Asia/Kolkata");
    for (const hours of [5, 1, 9, 2]) await run(pilotId, "merged", hours * HOUR);
    const { weeks } = await getKpis(scope, { pilotId });
    for (const { week, leadTime, reviewToMerge, merged } of weeks) {
      const rows = await listRunFacts(scope, { pilotId, kpi: "throughput", week });
      expect(rows).toHaveLength(merged);
      const median = (values: number[]) => {
        const sorted = values.sort((a, b) => a - b);
        const middle = sorted.length / 2;
        return ((sorted[Math.ceil(middle) - 1] ?? 0) + (sorted[Math.floor(middle)] ?? 0)) / 2;
      };
      if (merged > 0) {
        expect(leadTime).toBeCloseTo(median(rows.map((row) => row.leadTime ?? 0)), 3);
        expect(reviewToMerge).toBeCloseTo(median(rows.map((row) => row.reviewToMerge ?? 0)), 3);
      }
    }
  });

  test("are for members of the pilot", async () => {
    const pilotId = await pilotIn("UTC");
    const stranger = testScope({ roles: [["engineering_lead", "pil_other"]], clock });
    await expect(getKpis(stranger, { pilotId })).rejects.toMatchObject({ code: "not_found" });
    await expect(listRunFacts(stranger, { pilotId, kpi: "throughput" })).rejects.toMatchObject({
      code: "not_found",
    });
    await getKpis(testScope({ roles: [["viewer", pilotId]], clock }), { pilotId });
    await expect(getKpis(scope, { pilotId: "pil_nobody" })).rejects.toMatchObject({ code: "not_found" });
  });
});

describe("facts", () => {
  /** What the run's own timeline says, by its status changes alone. */
  const RECOMPUTED = `
    select r.id as run_id, r.pilot_id, r.agent_id, r.attempt as attempts, r.launched_at,
      (select max(at) from run_event e where e.run_id = r.id and kind = 'status_changed'
        and body ->> 'to' = 'in_review' and body ->> 'from' <> 'merging') as review_opened_at,
      (select max(at) from run_event e where e.run_id = r.id and kind = 'status_changed' and body ->> 'to' = 'merged') as merged_at,
      (select max(at) from run_event e where e.run_id = r.id and kind = 'status_changed'
        and body ->> 'to' in ('merged', 'rejected', 'failed', 'cancelled')) as ended_at
    from run r`;

  test("equal a recomputation from the runs' events, whatever way the runs went", async () => {
    const pilotId = await pilotIn("UTC");
    const steps = fc.array(fc.tuple(fc.nat(9), fc.integer({ min: 1, max: 90 })), { maxLength: 14 });
    await fc.assert(
      fc.asyncProperty(steps, async (choices) => {
        const runId = await launch(pilotId);
        let status: RunStatus = "queued";
        let attempt = 0;
        for (const [choice, minutes] of choices) {
          const next: readonly RunStatus[] = TRANSITIONS[status];
          const to = next[choice % Math.max(1, next.length)];
          if (to === undefined) break;
          clock.advance(minutes * MINUTE);
          if (to === "preparing") attempt += 1;
          await move(runId, to, { attempt });
          status = to;
        }
        const { rows } = await database.owner.query(
          "select outcome, ended_at from run_fact where run_id = $1",
          [runId],
        );
        expect(rows[0].outcome).toBe(isEnded(status) ? status : null);
      }),
      { numRuns: 25 },
    );
    const columns =
      "run_id, pilot_id, agent_id, attempts, launched_at, review_opened_at, merged_at, ended_at";
    const { rows } = await database.owner.query(`
      (select ${columns} from run_fact except select ${columns} from (${RECOMPUTED}) as again)
      union all (select ${columns} from (${RECOMPUTED}) as again except select ${columns} from run_fact)`);
    expect(rows).toEqual([]);
    const { rows: counted } = await database.owner.query(
      "select count(*)::int as facts, (select count(*)::int from run) as runs from run_fact",
    );
    expect(counted[0].facts).toBe(counted[0].runs);
  });
});
