import { beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { ensureRecipeAgent } from "../agents/service.ts";
import { DAY } from "../clock.ts";
import { transaction } from "../db.ts";
import { listRedactions } from "../redactions/service.ts";
import { cancelRun } from "../runs/cancel-run.ts";
import type { Scope } from "../scope.ts";
import { activePilot, charterFor, member, readyRepository } from "../testing/arrange.ts";
import { testDatabase } from "../testing/database.ts";
import { asProcess, entriesAbout, launch, testBlobs } from "../testing/journey.ts";
import { systemActor, testClock, testScope } from "../testing/scopes.ts";
import { expirePayloads } from "./expire-payloads.ts";
import { holdOf } from "./hold.ts";
import { askBefore, cutoff } from "./rules.ts";
import { SetRetention } from "./schema.ts";
import { getRetention, setRetention } from "./service.ts";

testBlobs();
const database = await testDatabase("web");
const clock = testClock();
const seed = testScope({ roles: ["engineering_lead"], actor: systemActor("demo"), clock });
const retention = testScope({ actor: systemActor("retention"), clock });
let lead: Scope;
let repositoryId = "";
let agentId = "";
let pilotId = "";

beforeAll(async () => {
  lead = await member(seed, "lead", "security_lead");
  repositoryId = await readyRepository(seed);
  ({ agentId } = await ensureRecipeAgent(seed));
});
beforeEach(async () => {
  await expire(); // what other tests left
  pilotId = await activePilot(seed, charterFor(seed, repositoryId));
});

/** A run that ended `days` ago. */
async function endedRun(days: number): Promise<string> {
  const runId = await launch(seed, pilotId, agentId);
  await cancelRun(seed, { runId, reason: "Not needed." });
  await database.owner.query("alter table run disable trigger governed");
  await database.owner.query("update run set ended_at = $2 where id = $1", [
    runId,
    new Date(clock.now() - days * DAY),
  ]);
  await database.owner.query("alter table run enable trigger governed");
  return runId;
}

const set = (more: object = {}, scope = lead) =>
  setRetention(scope, { pilotId, days: 30, isHeld: false, reason: "Policy.", agreedRuns: 0, ...more });
const expire = () => asProcess(database, "worker", () => expirePayloads(retention));

describe("what is due", () => {
  test("is nothing while everything is kept or held", () => {
    expect(cutoff({ days: null, isHeld: false }, 100 * DAY)).toBeNull();
    expect(cutoff({ days: 1, isHeld: true }, 100 * DAY)).toBeNull();
    expect(cutoff({ days: 30, isHeld: false }, 100 * DAY)).toBe(70 * DAY);
  });

  test("is asked about until that many runs were agreed to", () => {
    expect(askBefore(0, 0, 30)).toBeNull();
    expect(askBefore(3, 3, 30)).toBeNull();
    expect(askBefore(1, 0, 30)).toMatch(/^1 run ended more than 30 days ago/);
    expect(askBefore(3, 2, 1)).toMatch(/^3 runs ended more than 1 day ago/);
  });
});

describe("the form", () => {
  test("an empty field keeps everything, a box that is not ticked holds nothing", () => {
    expect(SetRetention.parse({ pilotId, days: "", reason: "Policy" })).toMatchObject({
      days: null,
      isHeld: false,
    });
    expect(SetRetention.parse({ pilotId, days: "30", isHeld: "on", reason: "Policy" })).toMatchObject({
      ...{ days: 30, isHeld: true },
    });
  });

  test.each(["0", "-1", "1.5", "40000", "soon", "1e9"])("probe: %s days are refused", (days) => {
    expect(SetRetention.safeParse({ pilotId, days, reason: "Policy" }).success).toBe(false);
  });
});

describe("a pilot's retention", () => {
  test("keeps everything until somebody says otherwise", async () => {
    await endedRun(1000);
    expect(await getRetention(lead, pilotId)).toEqual({
      ...{ days: null, isHeld: false, holdReason: null, setByName: null, setAt: null },
      ...{ endedRuns: 1, dueRuns: 0 },
    });
    expect(await expire()).toBe(0);
  });

  test("takes payloads of runs that ended longer ago, in the name of the rule, and once", async () => {
    const [old, young] = [await endedRun(31), await endedRun(29)];
    await set({ agreedRuns: 1 });
    expect(await expire()).toBe(1);
    expect(await expire()).toBe(0);
    expect(await listRedactions(lead, young)).toEqual([]);
    expect(await listRedactions(lead, old)).toMatchObject([
      { kind: "all", orderedBy: "system:retention", reason: expect.stringContaining("30 days") },
    ]);
    const [entry] = (await entriesAbout(database, `run:${old}`)).filter(({ kind }) =>
      kind.startsWith("payload."),
    );
    expect(entry).toMatchObject({
      kind: "payload.redaction_ordered",
      detail: { cause: "retention", what: "all" },
    });
  });

  test("probe: a run that may not be touched yet keeps no other waiting", async () => {
    const [stuck, free] = [await endedRun(32), await endedRun(31)];
    await set({ agreedRuns: 2 });
    await database.owner.query("alter table merge disable trigger governed");
    await database.owner.query(
      `insert into merge (id, run_id, gate_id, patch_id, state, target_ref, expected_old, message, created_at)
       values ('mrg_stuck', $1, 'gat_stuck', 'pat_stuck', 'intent', 'refs/heads/main', 'x', 'm', now())`,
      [stuck],
    );
    await database.owner.query("alter table merge enable trigger governed");
    expect(await expire()).toBe(1);
    expect(await listRedactions(lead, stuck)).toEqual([]);
    expect(await listRedactions(lead, free)).toHaveLength(1);
  });

  test("says what it would delete before it is saved, again when it has become more, and records it", async () => {
    await endedRun(31);
    await expect(set()).rejects.toMatchObject({ fields: { agreedRuns: ["1"] } });
    await endedRun(40);
    await expect(set({ agreedRuns: 1 })).rejects.toThrow("2 runs ended more than 30 days ago");
    expect((await getRetention(lead, pilotId)).days).toBeNull();
    await set({ agreedRuns: 2 });
    expect(await getRetention(lead, pilotId)).toMatchObject({ days: 30, dueRuns: 2, setByName: "lead" });
    const entries = (await entriesAbout(database, `pilot:${pilotId}`)).filter(
      ({ kind }) => kind === "retention.set",
    );
    expect(entries).toMatchObject([{ detail: { days: 30, is_held: false } }]);
  });

  test("a hold keeps what is due; lifting it says what goes", async () => {
    const runId = await endedRun(400);
    await set({ isHeld: true, reason: "Case 7" });
    expect(await getRetention(lead, pilotId)).toMatchObject({
      isHeld: true,
      holdReason: "Case 7",
      dueRuns: 0,
    });
    expect(await expire()).toBe(0);
    await expect(set()).rejects.toThrow("1 run ended more than 30 days ago");
    await set({ agreedRuns: 1 });
    expect(await expire()).toBe(1);
    expect(await listRedactions(lead, runId)).toHaveLength(1);
  });

  test("probe: a hold waits for who relied on there being none", async () => {
    const order: string[] = [];
    let held: Promise<void> | undefined;
    await transaction(seed, async (tx) => {
      expect(await holdOf(tx.db, pilotId)).toBeNull();
      held = set({ isHeld: true, reason: "Case 8" }).then(() => void order.push("held"));
      await vi.waitFor(async () => {
        const { rows } = await database.owner.query(
          "select from pg_locks where locktype = 'advisory' and not granted and database = (select oid from pg_database where datname = current_database())",
        );
        expect(rows).toHaveLength(1);
      });
      order.push("relied on none");
    });
    await held;
    expect(order).toEqual(["relied on none", "held"]);
  });

  test("probe: nobody but a lead of the pilot sets it, and a stranger does not see it", async () => {
    for (const role of ["administrator", "reviewer", "auditor", "viewer"] as const) {
      await expect(set({}, testScope({ roles: [role], clock }))).rejects.toMatchObject({ code: "forbidden" });
    }
    await expect(set({}, testScope({ clock }))).rejects.toMatchObject({ code: "not_found" });
    await expect(getRetention(testScope({ clock }), pilotId)).rejects.toMatchObject({ code: "not_found" });
  });
});
