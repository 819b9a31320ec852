// What is said about evidence, as an in-toto Statement v1 about the patch and its tree: which runner reported what. Pure.
import { STATEMENT, TEST_RESULT } from "../attestations/statements.ts";
import { canonicalText } from "../record/rules.ts";
import type { EvidenceDocument } from "./document.ts";

const sha256 = (digest: string) => ({ sha256: digest });

/** Canonical JSON; digests and closed words alone. `digest`: of the document. */
export function evidenceStatement(digest: string, document: EvidenceDocument, charter: string): string {
  const { patch, tree, baseCommit, runner, sameHost, environment, environmentDigest, judgement } = document;
  return canonicalText({
    _type: STATEMENT,
    subject: [
      { name: "patch", digest: sha256(patch) },
      { name: "tree", digest: { gitTree: tree } },
    ],
    predicateType: TEST_RESULT,
    predicate: {
      result: judgement.verdict === "verified" ? "PASSED" : "FAILED",
      configuration: [
        { name: "base", digest: { gitCommit: baseCommit } },
        { name: "charter", digest: sha256(charter) },
        {
          ...{ name: "evidence", digest: sha256(digest) },
          annotations: { verdict: judgement.verdict, reportedBy: runner, sameHost, tier: environment.tier },
        },
        ...(environmentDigest ? [{ name: "environment", digest: sha256(environmentDigest) }] : []),
      ],
    },
  });
}
