import { expect, test } from "vitest";
import { finishLease } from "../leases/service.ts";
import { recordMirror } from "../repositories/service.ts";
import { member } from "../testing/arrange.ts";
import { handIn, leaseOf, openBase, seen, takeIn, toAgentAgain } from "../testing/journey.ts";
import { runScene } from "../testing/run-scene.ts";
import { findAgain } from "./again.ts";
import { decideGate } from "./decide-gate.ts";
import { getGate, listGatesOf } from "./service.ts";

const scene = await runScene({ roles: ["engineering_lead", "security_lead"] });
const { database, seed, work, runner } = scene;

test("a patch that is another one after its base moved is said to be, and is reviewed as such", async () => {
  const bo = await member(seed, "Bo", "reviewer");
  const gate = await scene.reviewed();
  expect(await findAgain(bo, await getGate(bo, gate.gateId))).toBeNull();
  const moved = { outcome: "mirrored", branch: "main", head: "c".repeat(40), commits: 4 } as const;
  await recordMirror(seed, work.repositoryId, moved);
  expect(await decideGate(bo, { ...gate, decision: "approve", reason: "" })).toEqual({ status: "void" });
  await openBase(database, work.repositoryId, "c");
  await toAgentAgain(scene, gate.runId);
  await handIn(runner, await leaseOf(runner, gate.runId, "agent"));
  await takeIn(database, seed, gate.runId);
  await database.owner.query("alter table patch disable trigger governed");
  await database.owner.query("update patch set digest = repeat('4', 64) where base_commit = repeat('c', 40)");
  await database.owner.query("alter table patch enable trigger governed");
  const verify = await leaseOf(runner, gate.runId, "verify");
  await finishLease(runner, verify.leaseId, seen(verify));
  const open = (await listGatesOf(bo, gate.runId)).find(({ status }) => status === "open");
  expect(await findAgain(bo, await getGate(bo, open?.id ?? ""))).toMatchObject({
    identical: false,
    isRerun: true,
  });
});

test("a document that was altered in the database is shown without it, so that the inbox stands", async () => {
  const { gateId } = await scene.reviewed();
  await database.owner.query("alter table gate disable trigger governed");
  await database.owner.query(`update gate set document = '{"decides":"merge"}' where id = $1`, [gateId]);
  await database.owner.query("alter table gate enable trigger governed");
  expect(await findAgain(seed, await getGate(seed, gateId))).toBeNull();
});
