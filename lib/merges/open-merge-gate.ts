import { randomBytes } from "node:crypto";
import { HOUR } from "../clock.ts";
import type { Tx } from "../db.ts";
import { hasGraveFinding } from "../findings/rules.ts";
import { findingsOf } from "../findings/run-findings.ts";
import { openGate } from "../gates/open-gate.ts";
import { steerersOf } from "../messages/service.ts";
import { findPatchToVerify } from "../patches/service.ts";
import { charterOf } from "../pilots/service.ts";
import type { RunRow } from "../runs/run-in-tx.ts";
import type { Scope } from "../scope.ts";
import { mergeDocument, mergeRule } from "./rules.ts";
import { firstEntryId } from "./store.ts";

/** Opens the merge gate of a run in review, over its newest patch, all evidence about it, and the run's findings. */
export async function openMergeGate(tx: Tx, scope: Scope, run: RunRow): Promise<string> {
  const charter = await charterOf(tx.db, run.charterId);
  const patch = await findPatchToVerify(tx.db, run.id, run.baseCommit);
  const evidence = await tx.db.evidence.findMany({
    where: { patchId: patch.id },
    orderBy: { createdAt: "asc" },
    select: { digest: true },
  });
  const findings = await findingsOf(tx.db, run.id);
  const rule = mergeRule(
    charter,
    patch.flags,
    [run.launchedBy, ...(await steerersOf(tx.db, run.id))],
    hasGraveFinding(findings),
  );
  const integrity = patch.flags.filter((flag) => flag.severity !== "notice").map((flag) => flag.sentence);
  const document = mergeDocument({
    deployment: await firstEntryId(tx.db),
    goal: charter.goal.statement,
    repository: run.repositoryId,
    targetRef: `refs/heads/${charter.scope.branch}`,
    run: run.id,
    attempt: run.attempt,
    baseCommit: run.baseCommit,
    tree: patch.tree,
    patch: patch.digest,
    evidence: evidence.map((row) => row.digest),
    findings,
    testIntegrity: integrity,
    charter: run.charterDigest,
    needed: rule.needed,
    roles: rule.roles,
    method: "session",
    nonce: randomBytes(16).toString("hex"),
  });
  const expiresAt = new Date(scope.clock.now() + charter.controls.approvalHours * HOUR);
  return openGate(tx, scope, {
    kind: "merge",
    pilotId: run.pilotId,
    runId: run.id,
    document,
    rule,
    expiresAt,
  });
}
