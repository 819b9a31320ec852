// Whether what a merge gate's document names is what there is. What goes stale by itself opens another gate; what was
// altered opens none, for nobody knows what to show.
import { z } from "zod";
import type { Tx } from "../db.ts";
import { findingsOf } from "../findings/run-findings.ts";
import { requiredChecks } from "../outside-checks/rules.ts";
import { checksBound } from "../outside-checks/service.ts";
import { findPatchToVerify } from "../patches/service.ts";
import { charterOf, findActiveCharter } from "../pilots/service.ts";
import { sha256Hex } from "../protocol/signing.ts";
import { canonicalText } from "../record/rules.ts";
import type { RunRow } from "../runs/run-in-tx.ts";

/** What is read of a merge gate's document. */
export const BoundMerge = z.looseObject({
  patch: z.string(),
  tree: z.string(),
  baseCommit: z.string(),
  charter: z.string(),
  /** Left out by documents from before it was bound; those stood under the run's own. */
  inForce: z.string().optional(),
  targetRef: z.string(),
  evidence: z.array(z.string()),
  /** Left out where no check is required and none failed. */
  outside: z.array(z.unknown()).optional(),
  findings: z.array(z.unknown()),
});

const readBound = (document: string) => BoundMerge.parse(JSON.parse(document));

/** Findings or checks from outside that changed, or a charter that came into force since; null where nothing did. */
export async function whyStale(tx: Tx, run: RunRow, document: string): Promise<string | null> {
  const bound = readBound(document);
  const inForce = await findActiveCharter(tx.db, run.pilotId);
  if (inForce && inForce.digest !== (bound.inForce ?? bound.charter))
    return `Version ${inForce.version} of the charter came into force after this gate opened.`;
  const { id } = await findPatchToVerify(tx.db, run.id, run.baseCommit);
  const required = requiredChecks(await charterOf(tx.db, run.charterId), inForce?.charter);
  if (canonicalText(bound.outside ?? []) !== canonicalText(await checksBound(tx.db, id, required)))
    return "Checks from outside were reported after this gate opened.";
  return canonicalText(bound.findings) === canonicalText(await findingsOf(tx.db, run.id))
    ? null
    : "Findings of the run came up, or were decided, after this gate opened.";
}

/** One byte of patch, tree, evidence, charter or target that is another one than was shown; null where none is. */
export async function whyAltered(tx: Tx, run: RunRow, document: string): Promise<string | null> {
  const bound = readBound(document);
  const { id, digest, tree } = await findPatchToVerify(tx.db, run.id, run.baseCommit);
  const evidence = await tx.db.evidence.findMany({
    where: { patchId: id },
    orderBy: [{ createdAt: "asc" }, { id: "asc" }],
    select: { digest: true, canonical: true },
  });
  const { scope } = await charterOf(tx.db, run.charterId);
  const isOther =
    (digest !== bound.patch && "patch") ||
    (tree !== bound.tree && "resulting tree") ||
    (evidence.map((row) => row.digest).join() !== bound.evidence.join() && "evidence") ||
    (evidence.some((row) => sha256Hex(Buffer.from(row.canonical, "utf8")) !== row.digest) && "evidence") ||
    (run.charterDigest !== bound.charter && "charter") ||
    (bound.targetRef !== `refs/heads/${scope.branch}` && "target branch");
  return isOther ? `The ${isOther} is no longer what was shown: it was altered after the gate opened.` : null;
}
