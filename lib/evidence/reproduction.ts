// What is needed to verify a patch once more as it was verified for one evidence.
import { baseBundlePath, blobStore } from "../blobs/service.ts";
import { type Db, read } from "../db.ts";
import { notFound, unavailable } from "../errors.ts";
import { limitsOf, phaseSeconds, setupPlanOf, testPlanOf } from "../pilots/rules.ts";
import { charterOf } from "../pilots/service.ts";
import { Summary, type VerifyAssignment } from "../protocol/schema.ts";
import { sha256Hex } from "../protocol/signing.ts";
import type { Scope } from "../scope.ts";
import { EvidenceDocument } from "./document.ts";

export interface Reproduction {
  readonly evidence: string;
  readonly digest: string;
  readonly document: EvidenceDocument;
  /** What the agent says it repaired. */
  readonly claimed: readonly string[];
  readonly assignment: VerifyAssignment;
  /** Files on this host. */
  readonly bundles: { readonly base: string; readonly patch: string };
}

/** Throws not_found for an evidence that is not there, unavailable where its texts or its patch were taken away. */
export async function findReproduction(scope: Scope, evidenceId: string): Promise<Reproduction> {
  return read(scope, async (db) => {
    const evidence = await db.evidence.findUnique({ where: { id: evidenceId } });
    if (!evidence) throw notFound("evidence");
    const document = documentIn(evidence);
    const run = await db.run.findUniqueOrThrow({ where: { id: evidence.runId } });
    const patch = await db.patch.findUniqueOrThrow({ where: { id: evidence.patchId } });
    const charter = await charterOf(db, run.charterId);
    const summary = run.summary === null ? null : Summary.parse(run.summary);
    return {
      ...{ evidence: evidence.id, digest: evidence.digest, document },
      claimed: summary?.repaired.flatMap((repair) => repair.tests) ?? [],
      assignment: {
        ...{
          phase: "verify",
          leaseId: evidence.id,
          runId: run.id,
          attempt: evidence.attempt,
          title: run.title,
        },
        ...{ baseCommit: document.baseCommit, patchCommit: patch.commit, patchDigest: document.patch },
        ...{ test: testPlanOf(charter), limits: limitsOf(charter, "verify"), setup: setupPlanOf(charter) },
        ...{ maxSeconds: phaseSeconds(charter, "verify"), pauseAfterSeconds: 60, heartbeatSeconds: 5 },
        setupOf: document.setup?.patch ? "patch" : "base",
      },
      bundles: {
        base: baseBundlePath(run.repositoryId, document.baseCommit),
        patch: await patchFile(db, patch.bundleBlobId),
      },
    };
  });
}

/** What was taken away leaves other bytes than the digest is of, and there is nothing to compare with. */
function documentIn({ canonical, digest }: { canonical: string; digest: string }): EvidenceDocument {
  if (sha256Hex(Buffer.from(canonical, "utf8")) !== digest)
    throw unavailable(
      "This evidence is no longer what its digest covers: its texts were taken away by a redaction, or it was changed. It cannot be compared.",
    );
  return EvidenceDocument.parse(JSON.parse(canonical));
}

async function patchFile(db: Db, blobId: string): Promise<string> {
  const blob = await db.blob.findUnique({ where: { id: blobId }, select: { deletedAt: true } });
  if (!blob || blob.deletedAt)
    throw unavailable("The patch of this evidence was taken away: it cannot be verified again.");
  return blobStore().path(blobId);
}
