// What a pipeline asks before it deploys, and what it is answered. The words are those of GitHub's deployment protection
// rules (docs.github.com/actions: “Creating custom deployment protection rules”), so that a webhook of theirs maps onto
// the request and the answer onto their callback.
import { z } from "zod";
import type { GateStatus } from "../gates/schema.ts";

const COMMIT = "Name the commit by its 40 hexadecimal digits.";
const ARTIFACT = "Name the artefact by its digest, as sha256: and 64 hexadecimal digits.";
const CALLBACK = "Name the callback by its address of at most 500 characters, as GitHub gives it.";
const ENVIRONMENT = "Name the environment in letters, digits and . _ / -, such as production.";

export const AskRelease = z
  .strictObject({
    /** One of the two; a repository that one pilot alone works on names that pilot. */
    pilotId: z.string().min(1).max(100).optional(),
    repositoryId: z.string().min(1).max(100).optional(),
    environment: z
      .string({ error: ENVIRONMENT })
      .max(100, ENVIRONMENT)
      .regex(/^[A-Za-z0-9][A-Za-z0-9._/-]*$/, ENVIRONMENT),
    deployment: z.strictObject({ sha: z.string({ error: COMMIT }).regex(/^[0-9a-f]{40}$/, COMMIT) }),
    /** Where GitHub waits for the answer; it is told what is decided. */
    deployment_callback_url: z.string({ error: CALLBACK }).min(1, CALLBACK).max(500, CALLBACK).optional(),
    artifact: z.strictObject({
      digest: z.string({ error: ARTIFACT }).regex(/^sha256:[0-9a-f]{64}$/, ARTIFACT),
    }),
  })
  .refine(({ pilotId, repositoryId }) => (pilotId === undefined) !== (repositoryId === undefined), {
    error: "Name the pilot or the repository, one of them.",
  });
export type AskRelease = z.infer<typeof AskRelease>;

export type ReleaseStatus = "pending" | "approved" | "denied" | "expired";

export interface ReleaseAnswer {
  readonly gateId: string;
  readonly releaseId: string;
  readonly status: ReleaseStatus;
  readonly commit: string;
  /** `sha256:…` */
  readonly artifact: string;
  readonly environment: string;
  /** Of the decision document, `sha256:…`. */
  readonly decision: string;
  readonly expiresAt: Date;
  readonly decidedAt: Date | null;
  /** Who approved exactly this, and as what. */
  readonly approvals: readonly { readonly person: string; readonly role: string; readonly at: Date }[];
  /** What GitHub's callback takes, once it is decided. */
  readonly callback: {
    readonly environment_name: string;
    readonly state: "approved" | "rejected";
    readonly comment: string;
  } | null;
}

/** A merged patch that the commit contains. */
const ContainedRun = z.strictObject({
  run: z.string(),
  /** `break_glass`: merged without the approvals its charter asks for. */
  how: z.enum(["merge", "break_glass"]),
  commit: z.string(),
  patch: z.string(),
  gate: z.string(),
  decision: z.string(),
  evidence: z.array(z.strictObject({ digest: z.string(), verdict: z.string() })),
  approvals: z.array(z.strictObject({ person: z.string(), role: z.string() })),
});
export type ContainedRun = z.infer<typeof ContainedRun>;

const OpenFinding = z.strictObject({
  finding: z.string(),
  run: z.string(),
  rule: z.string(),
  severity: z.string(),
  state: z.string(),
});
export type OpenFinding = z.infer<typeof OpenFinding>;

/** What a release is decided on. */
export const ReleaseDocument = z.looseObject({
  decides: z.literal("release"),
  release: z.string(),
  pilot: z.string(),
  repository: z.string(),
  commit: z.string(),
  artifact: z.string(),
  environment: z.string(),
  charter: z.string(),
  /** The newest of them; `containsCount` says how many there are. */
  contains: z.array(ContainedRun),
  containsCount: z.number(),
  findings: z.array(OpenFinding),
  findingsCount: z.number(),
  /** SHA-256 over the ids of all of them, sorted, one a line: those that are not listed are bound too. */
  findingsDigest: z.string().optional(),
  askedBy: z.string(),
  roles: z.array(z.string()),
  needed: z.number(),
});
export type ReleaseDocument = z.infer<typeof ReleaseDocument>;

export type SettledState = "delivered" | "refused" | "given_up";

/** Of a release: who is told its decision, and how far that has come. */
export interface CallbackView {
  readonly id: string;
  readonly releaseId: string;
  readonly host: string;
  /** `undecided`: there is nothing to tell; `no_credential`: nothing is sent before one is set for its host. */
  readonly state: "undecided" | "no_credential" | "waiting" | SettledState;
  readonly attempts: number;
  readonly nextAt: Date | null;
  readonly reason: string | null;
  readonly doneAt: Date | null;
}

export interface ReleaseView {
  readonly id: string;
  readonly gateId: string;
  readonly commit: string;
  readonly artifact: string;
  readonly environment: string;
  readonly status: GateStatus;
  readonly askedByName: string;
  readonly askedAt: Date;
  readonly decidedAt: Date | null;
  /** Where the decision is told, oldest first. */
  readonly callbacks: readonly CallbackView[];
}
