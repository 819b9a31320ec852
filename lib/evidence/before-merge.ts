// What the evidence of a merge saw of its base, for whoever judges the run that undoes it.
import type { Db } from "../db.ts";
import { revertedBy } from "../reverts/reverted-by.ts";
import { EvidenceDocument } from "./document.ts";
import type { RevertJudged } from "./revert-rules.ts";

/** Null for a run that undoes nothing. */
export async function revertToJudge(db: Db, runId: string): Promise<RevertJudged | null> {
  const reverted = await revertedBy(db, runId);
  if (!reverted) return null;
  const { run, commit, merge } = reverted;
  const { patchId } = await db.merge.findUniqueOrThrow({ where: { id: merge }, select: { patchId: true } });
  const newest = await db.evidence.findFirst({
    where: { patchId },
    orderBy: [{ createdAt: "desc" }, { id: "desc" }],
    select: { digest: true, canonical: true },
  });
  if (!newest) return { run, commit, before: null };
  const { baseCommit, observations, judgement } = EvidenceDocument.parse(JSON.parse(newest.canonical));
  const onBase = observations.filter(({ tree, problem }) => tree === "base_on_base" && problem === null);
  if (onBase.length === 0) return { run, commit, before: null };
  return {
    ...{ run, commit },
    before: {
      ...{ evidence: newest.digest, commit: baseCommit },
      failing: [...new Set(onBase.flatMap(({ failed }) => failed))].toSorted(),
      brought: [...judgement.added],
      skipped: Math.max(...onBase.map(({ skipped }) => skipped)),
    },
  };
}
