// A comparison from its plan to the merge gate of what was chosen, through the real services.
import { beforeAll, describe, expect, test } from "vitest";
import { listGatesOf } from "../gates/service.ts";
import { recordMirror } from "../repositories/service.ts";
import { rebaseStale } from "../runs/rebase-runs.ts";
import { getRun, isBlindTo, listRecentRuns, listRuns } from "../runs/service.ts";
import { actorId } from "../scope.ts";
import { comparisonScene, RIVAL } from "../testing/comparison-scene.ts";
import { asProcess, kindsAbout } from "../testing/journey.ts";
import { getBlindReview } from "./blind-review.ts";
import { choosePatch, closeComparison } from "./close-comparison.ts";
import { judgeAttempt } from "./judge-attempt.ts";
import { planComparison } from "./plan-comparison.ts";
import { getComparison, getResults, listComparisons } from "./service.ts";
import { startComparison } from "./start-comparison.ts";

const scene = await comparisonScene();
const { database, planner, reviewer, lead } = scene;
const reason = "Read every line.";
const DIFF = [
  "diff --git a/clock.ts b/clock.ts",
  "--- a/clock.ts",
  "+++ b/clock.ts",
  "@@ -1 +1,2 @@",
  " export const now = 1;",
  `+// written by ${RIVAL} with model-1, an OpenAI Codex`,
  "",
].join("\n");

let comparisonId: string;
const runIds: string[] = [];

beforeAll(async () => {
  ({ comparisonId } = await planComparison(planner, scene.plan()));
});

const openOf = async () => {
  const { open } = await getComparison(planner, comparisonId);
  if (!open) throw new Error("the planner is not blind");
  return open;
};

describe("a comparison", () => {
  test("says before anything is launched what it may cost, and waits", async () => {
    const { comparison } = await getComparison(planner, comparisonId);
    const { rows } = await database.owner.query(
      "select (c.canonical::jsonb -> 'controls' ->> 'budgetRunCents')::int as cents from charter c join pilot p on p.active_charter_id = c.id where p.id = $1",
      [scene.pilotId],
    );
    expect(comparison.ceilingMicros).toBe(8 * rows[0].cents * 10_000);
    expect(comparison).toMatchObject({ state: "planned", progress: { attempts: 8, launched: 0 } });
    expect(await listRuns(planner)).toEqual([]);
  });

  test("is not planned with its planner or a stranger as the reviewer, nor beyond its limits", async () => {
    const own = scene.plan({ reviewers: [actorId(planner.actor)] });
    await expect(planComparison(planner, own)).rejects.toThrow("knows its contestants");
    const nobody = scene.plan({ reviewers: ["per_nobody"] });
    await expect(planComparison(planner, nobody)).rejects.toThrow("may decide gates of the pilot");
    const tasks = Array.from({ length: 26 }, () => ({
      ...{ title: "Repair it", task: "Repair it all.", kind: "repair" as const },
    }));
    await expect(planComparison(planner, scene.plan({ tasks, each: 5 }))).rejects.toThrow(
      "260 attempts; at most 200",
    );
  });

  test("launches every attempt once, on one base, in the order that was drawn", async () => {
    expect(await startComparison(planner, { comparisonId })).toEqual({ launched: 8, refusal: null });
    expect(await startComparison(planner, { comparisonId })).toEqual({ launched: 0, refusal: null });
    const { attempts } = await openOf();
    const { rows } = await database.owner.query(
      "select id, agent_id, base_commit, task, title from run order by launched_at, id",
    );
    expect(rows.map(({ id }) => id)).toEqual(attempts.map(({ runId }) => runId));
    expect(rows.map(({ agent_id }) => agent_id)).toEqual(attempts.map(({ agentId }) => agentId));
    expect(new Set(rows.map(({ base_commit }) => base_commit))).toEqual(new Set(["a".repeat(40)]));
    expect(rows[0].title).toMatch(/^Repair the (ledger|clock) \([AB]-[0-9a-f]{2}\)$/);
    const kinds = await kindsAbout(database, `comparison:${comparisonId}`);
    expect(kinds.filter((kind) => kind === "comparison.attempt_launched")).toHaveLength(8);
    for (let at = 0; at < rows.length; at += 2)
      expect(new Set(rows.slice(at, at + 2).map(({ agent_id }) => agent_id)).size).toBe(2);
  });

  test("opens no merge gate for a green patch, and moves none to another base", async () => {
    for (const green of [true, true, true, true, true, true, false, false])
      runIds.push(await scene.attempted(DIFF, green));
    for (const runId of runIds) expect(await listGatesOf(lead, runId)).toEqual([]);
    const { rows } = await database.owner.query("select repository_id from comparison where id = $1", [
      comparisonId,
    ]);
    await asProcess(database, "worker", async () => {
      await recordMirror(lead, rows[0].repository_id, {
        ...{ outcome: "mirrored", branch: "main", head: "c".repeat(40), commits: 4 },
      });
      await rebaseStale(lead, rows[0].repository_id, "c".repeat(40));
    });
    const { comparison } = await getComparison(planner, comparisonId);
    expect(comparison.progress).toEqual({ attempts: 8, launched: 8, running: 0, waiting: 6, judged: 0 });
  });
});

describe("a blind reviewer", () => {
  test("probe: is sent nothing that names a contestant, its model, its provider or its run", async () => {
    const { attempts, contestants } = await openOf();
    const { rows } = await database.owner.query("select name from provider");
    const names = [
      ...contestants.flatMap(({ name, agentId, model }) => [name, agentId, model ?? ""]),
      ...[...rows.map(({ name }) => name), "openai", "codex", ...runIds],
      ...attempts.map(({ id }) => id),
    ].map((name) => name.toLowerCase());
    const sent = JSON.stringify([
      await getBlindReview(reviewer, comparisonId, null),
      await getComparison(reviewer, comparisonId),
      await listComparisons(reviewer),
      await listRuns(reviewer),
      await listRecentRuns(reviewer, 100),
    ]).toLowerCase();
    expect(sent).toContain("export const now");
    expect(names.filter((name) => sent.includes(name))).toEqual([]);
    const { shown } = await getBlindReview(reviewer, comparisonId, null);
    expect(shown?.masked).toBe(4);
  });

  test("probe: is refused the pages of its runs and the results", async () => {
    for (const runId of runIds)
      await expect(getRun(reviewer, runId)).rejects.toThrow("You judge this run blind");
    await expect(getResults(reviewer, comparisonId)).rejects.toThrow("You judge this comparison blind");
    expect((await getRun(planner, runIds[0] ?? "")).agentName).not.toBe("");
    expect(await isBlindTo(reviewer, runIds[0] ?? "")).toBe(true);
    expect(await isBlindTo(planner, runIds[0] ?? "")).toBe(false);
  });

  test("probe: nobody else judges, and no patch but the one that was shown", async () => {
    const { shown } = await getBlindReview(reviewer, comparisonId, null);
    const verdict = { comparisonId, label: shown?.label ?? "", verdict: "wrong", reason } as const;
    await expect(judgeAttempt(planner, { ...verdict, patch: "3".repeat(64) })).rejects.toMatchObject({
      code: "forbidden",
    });
    await expect(getBlindReview(planner, comparisonId, null)).rejects.toThrow("no reviewer");
    await expect(judgeAttempt(reviewer, { ...verdict, patch: "4".repeat(64) })).rejects.toThrow(
      "another one by now",
    );
    const red = (await openOf()).attempts.find(({ evidence }) => evidence !== "verified");
    await expect(
      judgeAttempt(reviewer, { ...verdict, label: red?.label ?? "", patch: "3".repeat(64) }),
    ).rejects.toThrow("whose evidence is green");
    await expect(getBlindReview(reviewer, comparisonId, red?.label ?? "")).rejects.toMatchObject({
      code: "not_found",
    });
  });

  test("gives each patch one verdict; what is not acceptable ends its run", async () => {
    const { attempts } = await getBlindReview(reviewer, comparisonId, null);
    expect(attempts.map(({ label }) => label)).toEqual(attempts.map(({ label }) => label).sort());
    const rival = (await openOf()).attempts.filter(
      ({ agentId, evidence }) => agentId === scene.rivalId && evidence === "verified",
    );
    const wrong = rival.map(({ label }) => label);
    await expect(closeComparison(reviewer, { comparisonId, reason })).rejects.toThrow("wait for a verdict");
    for (const { label } of attempts)
      await judgeAttempt(reviewer, {
        ...{ comparisonId, label, patch: "3".repeat(64), reason },
        verdict: wrong.includes(label) ? "wrong" : "acceptable",
      });
    await expect(
      judgeAttempt(reviewer, {
        ...{ comparisonId, label: attempts[0]?.label ?? "", patch: "3".repeat(64), reason },
        verdict: "incomplete",
      }),
    ).rejects.toMatchObject({ code: "conflict" });
    for (const { runId } of rival)
      expect(await getRun(planner, runId ?? "")).toMatchObject({ status: "rejected", reason });
  });
});

describe("a closed comparison", () => {
  test("shows its reviewer whose patch was whose, with shares and intervals", async () => {
    await closeComparison(reviewer, { comparisonId, reason });
    const { open, mayJudge } = await getComparison(reviewer, comparisonId);
    expect(mayJudge).toBe(false);
    expect((await getRun(reviewer, runIds[0] ?? "")).id).toBe(runIds[0]);
    const rival = open?.results.contestants.find(({ agentId }) => agentId === scene.rivalId);
    const { attempts } = await openOf();
    const green = attempts.filter(
      ({ agentId, evidence }) => agentId === scene.rivalId && evidence === "verified",
    ).length;
    expect(rival).toMatchObject({
      ...{ name: RIVAL, attempts: 4, finished: 4, unjudged: 0, cancelled: 0 },
      verified: { hits: green, of: 4 },
      accepted: { hits: 0, of: 4 },
      escaped: { hits: green, of: green },
      time: { n: 4, value: 60_000, interval: null },
    });
    await expect(startComparison(planner, { comparisonId })).rejects.toMatchObject({ code: "conflict" });
  });

  test("sends one acceptable patch to the usual gate, tested again where the branch moved, and lets the others go", async () => {
    const { attempts } = await openOf();
    const good = attempts.find(({ verdict }) => verdict === "acceptable");
    const bad = attempts.find(({ verdict }) => verdict === "wrong");
    await expect(choosePatch(planner, { comparisonId, attemptId: bad?.id ?? "", reason })).rejects.toThrow(
      "found acceptable",
    );
    await choosePatch(planner, { comparisonId, attemptId: good?.id ?? "", reason });
    await expect(choosePatch(planner, { comparisonId, attemptId: "", reason })).rejects.toMatchObject({
      code: "conflict",
    });
    const { rows } = await database.owner.query("select id, status, base_commit, rejected_as from run");
    const chosen = rows.find(({ id }) => id === good?.runId);
    expect(chosen).toMatchObject({ status: "queued", base_commit: "c".repeat(40) });
    const others = rows.filter(({ id }) => id !== good?.runId);
    expect(new Set(others.map(({ status }) => status))).toEqual(new Set(["rejected"]));
    expect(new Set(others.map(({ rejected_as }) => rejected_as))).toEqual(new Set(["wrong", "duplicate"]));
    expect((await kindsAbout(database, `comparison:${comparisonId}`)).at(-1)).toBe("comparison.chosen");
  });
});
