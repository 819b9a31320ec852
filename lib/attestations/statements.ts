// What is said about a merge, as in-toto Statements v1 about the commit and its tree. Pure.
import { canonicalText } from "../record/rules.ts";

export const STATEMENT = "https://in-toto.io/Statement/v1";
export const TEST_RESULT = "https://in-toto.io/attestation/test-result/v0.1";
export const PROVENANCE = "https://slsa.dev/provenance/v1";
/** Our own; its members are described in docs/verification.md. */
export const APPROVALS = "urn:pilothouse:attestation:approvals:v1";
const BUILD_TYPE = "urn:pilothouse:attestation:run:v1";

export interface Attested {
  readonly deployment: string;
  readonly commit: string;
  readonly tree: string;
  readonly ref: string;
  readonly base: string;
  readonly repository: string;
  readonly run: string;
  readonly attempt: number;
  readonly kind: string;
  readonly agent: { readonly id: string; readonly driver: string; readonly model: string | null };
  readonly launchedBy: string;
  readonly launchedAt: Date;
  readonly mergedAt: Date;
  readonly charter: string;
  readonly patch: string;
  readonly gate: string;
  /** Digest of the decision document. */
  readonly decision: string;
  readonly needed: number;
  /** Those that counted when it was merged. */
  readonly approvals: readonly {
    readonly person: string;
    readonly role: string;
    readonly at: Date;
    readonly digest: string;
    readonly signed: boolean;
  }[];
  readonly evidence: readonly {
    readonly digest: string;
    readonly verdict: string;
    readonly runner: string;
    readonly sameHost: boolean;
  }[];
}

const sha256 = (digest: string) => ({ sha256: digest });

/** Canonical JSON each. */
export function statementsOf(of: Attested): string[] {
  const subject = [
    { name: of.ref, digest: { gitCommit: of.commit } },
    { name: `${of.ref}^{tree}`, digest: { gitTree: of.tree } },
  ];
  const statement = (predicateType: string, predicate: unknown): string =>
    canonicalText({ _type: STATEMENT, subject, predicateType, predicate });
  return [
    statement(TEST_RESULT, testResultOf(of)),
    statement(APPROVALS, approvalsOf(of)),
    statement(PROVENANCE, provenanceOf(of)),
  ];
}

/** What a verifier observed of the patch; red evidence opens no gate, so what was merged passed or went through break-glass. */
function testResultOf({ evidence, charter, patch }: Attested) {
  const passed = evidence.length > 0 && evidence.at(-1)?.verdict === "verified";
  return {
    result: passed ? "PASSED" : "FAILED",
    configuration: [
      { name: "charter", digest: sha256(charter) },
      { name: "patch", digest: sha256(patch) },
      ...evidence.map(({ digest, runner, sameHost }) => ({
        ...{ name: "evidence", digest: sha256(digest) },
        annotations: { runner, sameHost },
      })),
    ],
  };
}

function approvalsOf({ gate, decision, needed, approvals, launchedBy, patch, base, charter }: Attested) {
  return {
    ...{ gate, decision: sha256(decision), needed, launchedBy, base: { gitCommit: base } },
    ...{ patch: sha256(patch), charter: sha256(charter) },
    approvals: approvals.map(({ person, role, at, digest, signed }) => ({
      ...{ person, role, at: at.toISOString(), decision: sha256(digest) },
      method: signed ? "passkey" : "session",
    })),
  };
}

function provenanceOf(of: Attested) {
  const { deployment, repository, ref, base, run, attempt, kind, agent, charter, patch, evidence } = of;
  return {
    buildDefinition: {
      buildType: BUILD_TYPE,
      externalParameters: { repository, ref, kind, charter: sha256(charter) },
      internalParameters: { run, attempt, agent },
      resolvedDependencies: [
        { name: "base", digest: { gitCommit: base } },
        { name: "charter", digest: sha256(charter) },
      ],
    },
    runDetails: {
      builder: { id: `urn:pilothouse:deployment:${deployment}` },
      metadata: {
        invocationId: run,
        startedOn: of.launchedAt.toISOString(),
        finishedOn: of.mergedAt.toISOString(),
      },
      byproducts: [
        { name: "patch", digest: sha256(patch) },
        ...evidence.map(({ digest }) => ({ name: "evidence", digest: sha256(digest) })),
      ],
    },
  };
}
