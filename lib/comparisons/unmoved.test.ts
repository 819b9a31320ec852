// What nobody does to the runs of a comparison while it is judged, by whichever door.
import { randomUUID } from "node:crypto";
import { beforeAll, describe, expect, test } from "vitest";
import { breakGlass } from "../break-glass/service.ts";
import { DAY } from "../clock.ts";
import { sendToAgent } from "../comments/send-to-agent.ts";
import { transaction } from "../db.ts";
import { decideGate } from "../gates/decide-gate.ts";
import { openGate } from "../gates/open-gate.ts";
import { getGate } from "../gates/service.ts";
import { sendMessage } from "../messages/send-message.ts";
import { findPatch } from "../patches/service.ts";
import { actorId } from "../scope.ts";
import { member } from "../testing/arrange.ts";
import { comparisonScene } from "../testing/comparison-scene.ts";
import { getBlindReview } from "./blind-review.ts";
import { closeComparison } from "./close-comparison.ts";
import { judgeAttempt } from "./judge-attempt.ts";
import { planComparison } from "./plan-comparison.ts";
import { getComparison } from "./service.ts";
import { startComparison } from "./start-comparison.ts";

const scene = await comparisonScene();
const { planner, reviewer, pilotId, clock } = scene;
const reason = "Read every line.";
const runIds: string[] = [];
let comparisonId: string;

beforeAll(async () => {
  ({ comparisonId } = await planComparison(planner, scene.plan({ each: 1 })));
  await startComparison(planner, { comparisonId });
  for (const green of [true, false, false, false]) runIds.push(await scene.attempted("diff", green));
});

describe("a run that is judged", () => {
  test("probe: its gates are not decided by who judges it blind, however they are named", async () => {
    const [runId = ""] = runIds;
    const gateId = await transaction(scene.lead, (tx) =>
      openGate(tx, scene.lead, {
        ...{ kind: "command", pilotId, runId, document: { text: "make it so" } },
        rule: { needed: 1, roles: ["reviewer", "engineering_lead"], barred: [] },
        expiresAt: new Date(clock.now() + DAY),
      }),
    );
    const { digest } = await getGate(planner, gateId);
    for (const decision of ["approve", "deny"] as const)
      await expect(decideGate(reviewer, { gateId, digest, decision, reason })).rejects.toThrow(
        "You judge this run blind",
      );
    await expect(
      breakGlass(reviewer, {
        runId,
        patch: "3".repeat(64),
        reason: "It cannot wait until the others judged.",
      }),
    ).rejects.toThrow("You judge this run blind");
    expect(await getGate(planner, gateId)).toMatchObject({ status: "open", approvals: [] });
  });

  test("probe: its agent gets no words of a review, before its verdict and after it", async () => {
    const [runId = ""] = runIds;
    const patchId = (await findPatch(planner, runId))?.id ?? "";
    const send = () =>
      sendToAgent(planner, { runId, patchId, threadIds: ["thr_1"], requestKey: randomUUID() });
    await expect(send()).rejects.toThrow("judged in a comparison");
    const { shown } = await getBlindReview(reviewer, comparisonId, null);
    const judged = { comparisonId, label: shown?.label ?? "", patch: "3".repeat(64), reason } as const;
    await judgeAttempt(reviewer, { ...judged, verdict: "acceptable" });
    await expect(send()).rejects.toThrow("judged in a comparison");
    await closeComparison(planner, { comparisonId, reason });
    await expect(send()).rejects.toThrow("judged in a comparison");
  });
});

describe("a launch", () => {
  test("is refused to who judges, with whatever role: nobody judges what they launched", async () => {
    const both = await member(scene.lead, "both", "engineering_lead");
    const reviewers = [actorId(both.actor)];
    const { comparisonId: other } = await planComparison(planner, scene.plan({ each: 1, reviewers }));
    await expect(startComparison(both, { comparisonId: other })).rejects.toThrow("launches nothing of it");
    expect((await getComparison(planner, other)).comparison.state).toBe("planned");
  });

  test("of two at the same time tells each attempt once", async () => {
    const { comparisonId: twice } = await planComparison(planner, scene.plan({ each: 1 }));
    const both = await Promise.all([1, 2].map(() => startComparison(planner, { comparisonId: twice })));
    expect(both.map(({ refusal }) => refusal)).toEqual([null, null]);
    expect(both.reduce((sum, { launched }) => sum + launched, 0)).toBe(4);
  });

  test("probe: gives an attempt its task and no other words, from nobody", async () => {
    const { comparisonId: waiting } = await planComparison(planner, scene.plan({ each: 1 }));
    await startComparison(planner, { comparisonId: waiting });
    const [attempt] = (await getComparison(planner, waiting)).open?.attempts ?? [];
    for (const changesGoal of [false, true])
      await expect(
        sendMessage(planner, {
          ...{ runId: attempt?.runId ?? "", mode: "queue", text: "Look into ledger.ts.", changesGoal },
          requestKey: randomUUID(),
        }),
      ).rejects.toThrow("judged in a comparison");
  });
});
