// The wire contract between the control plane and a runner, version 1. Paths below /api/runner/v1.
// Every request but `register` is signed: header `ph-runner` (id), `ph-time` (ms), `ph-sha256` (hex of the
// body, or of the empty string) and `ph-signature` (base64 Ed25519 over `signedText`).
import { z } from "zod";
import { Limits, Tier } from "../jail/schema.ts";
import { SetupPlan } from "../setup/schema.ts";
import { Anchoring, NEVER_ANCHORS } from "./anchoring.ts";
import { ArtefactPlan } from "./artefacts.ts";
import { CanarySeen, Checks } from "./checks.ts";
import { NewEvent, TestId } from "./events.ts";
import { SetupSeen } from "./setup-events.ts";
import { AskPolicy, Decided, MAX_MESSAGE, NEVER_ASKS, Resume } from "./steering.ts";

export const PROTOCOL_VERSION = 1;
export const ACCEPTED_VERSIONS: readonly number[] = [1];

export const Sha256 = z.string().regex(/^[0-9a-f]{64}$/);
export const Commit = z.string().regex(/^[0-9a-f]{40}$/);
export const Phase = z.enum(["agent", "verify"]);
export type Phase = z.infer<typeof Phase>;

export const Register = z.object({
  version: z.int(),
  enrolmentToken: z.string().min(20).max(200),
  name: z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/),
  /** Ed25519 public key, SPKI DER in base64. */
  publicKey: z.string().min(40).max(200),
  /** Random, made once per host; two runners of one host share it. */
  hostId: z
    .string()
    .min(8)
    .max(100)
    .refine((hostId) => hostId !== "self-test", "self-test is the name of the installation's own canaries."),
  phases: z.array(Phase).min(1),
  tier: Tier,
  tierMissing: z.array(z.string().max(500)).max(10),
  slots: z.int().min(1).max(64),
});
export const Registered = z.object({ runnerId: z.string() });

export const LeaseRequest = z.object({
  version: z.int(),
  phases: z.array(Phase).min(1),
  tier: Tier,
  tierMissing: z.array(z.string().max(500)).max(10),
  /** How long the plane may hold the request open, seconds. */
  waitSeconds: z.int().min(0).max(25),
});

/** How the charter says to test. Nothing goes through a shell. */
export const TestPlan = z.object({
  argv: z.array(z.string().min(1)).min(1).max(50),
  /** Path of the JUnit XML the command writes, relative to the tree. */
  reportPath: z.string(),
  env: z.record(z.string(), z.string()),
  /** Pathspecs that belong to the harness (tests, runner config): overlaid from the base in verification. */
  harnessPaths: z.array(z.string()),
  repeats: z.int().min(1).max(20),
});
export type TestPlan = z.infer<typeof TestPlan>;

const assignment = {
  leaseId: z.string(),
  runId: z.string(),
  attempt: z.int().min(1),
  title: z.string(),
  baseCommit: Commit,
  test: TestPlan,
  limits: Limits,
  /** Wall clock of the whole lease, seconds. */
  maxSeconds: z.int().positive(),
  /** Out of contact for `pauseAfter` seconds: pause the sandbox; for twice that: kill it. */
  pauseAfterSeconds: z.int().positive(),
  heartbeatSeconds: z.int().positive(),
  /** What is installed before anything is tested; left out or null: nothing. */
  setup: SetupPlan.nullish(),
};

/** How an agent's requests to a model are made. */
export const ModelApi = z.enum(["responses", "chat", "messages"]);
export type ModelApi = z.infer<typeof ModelApi>;

/** What a runner needs to relay an agent's model calls to the gateway. The agent sees `model` and `api` of it, no more. */
export const ModelGrant = z.object({
  /** Travels once, in the assignment; good for this lease, from this runner, while the run may go on. */
  token: z.string().regex(/^phr_[A-Za-z0-9_-]{43}$/),
  /** Origin of the gateway. */
  gatewayUrl: z.url().max(300),
  model: z.string().min(1).max(200),
  api: ModelApi,
  /** Tokens of history above which the agent's program sums it up, where it leaves that to us. */
  historyTokens: z.int().min(1).optional(),
});
export type ModelGrant = z.infer<typeof ModelGrant>;

export const AgentAssignment = z.object({
  phase: z.literal("agent"),
  ...assignment,
  driver: z.string(),
  /** What this run is to do, in the words of whoever launched it; empty for an agent that needs none. */
  task: z.string().max(MAX_MESSAGE).default(""),
  /** The charter's goal, in its own words. */
  goal: z.string().max(16_000).default(""),
  /** Path patterns of the charter: a patch that touches anything else is refused. */
  allowedPaths: z.array(z.string().max(300)).max(100).default([]),
  /** Null for an agent without a model. */
  model: ModelGrant.nullable().default(null),
  /** How far back in first-parent history a culprit is looked for. */
  maxHistory: z.int().min(1),
  /** Where an earlier attempt stopped; null to begin anew. */
  resume: Resume.nullable().default(null),
  /** The work was handed in and comes back: the message in the inbox that says with which comments. */
  review: z
    .object({ message: z.string().max(100) })
    .nullable()
    .default(null),
  asks: AskPolicy.default(NEVER_ASKS),
  decided: z.array(Decided).max(1000).default([]),
  anchor: Anchoring.default(NEVER_ANCHORS),
  /** What it may hand in beside its patch; left out or null: nothing. */
  artefacts: ArtefactPlan.nullish(),
});
export type AgentAssignment = z.infer<typeof AgentAssignment>;

export const VerifyAssignment = z.object({
  phase: z.literal("verify"),
  ...assignment,
  /** One commit on `baseCommit`, rebuilt by the control plane from the imported tree. */
  patchCommit: Commit,
  patchDigest: Sha256,
  /** Whose manifests the patched tree is set up from: left out, the base's; its own only where a person allowed it. */
  setupOf: z.enum(["base", "patch"]).optional(),
});
export type VerifyAssignment = z.infer<typeof VerifyAssignment>;

export const Assignment = z.discriminatedUnion("phase", [AgentAssignment, VerifyAssignment]);
export type Assignment = z.infer<typeof Assignment>;

/** Bundles a lease may download: GET leases/:id/bundles/:name */
export const BundleName = z.enum(["base", "patch", "snapshot"]);

/**
 * `budget`: whether the answer is to say what is left of it. `waitSeconds`: how long the plane may hold the answer back, which
 * comes at once when the lease ends meanwhile.
 */
export const Heartbeat = z.object({
  attempt: z.int().min(1),
  budget: z.boolean().default(false),
  waitSeconds: z.int().min(0).max(10).default(0),
});
export const HeartbeatAnswer = z.object({
  directive: z.enum(["go_on", "cancel"]),
  reason: z.string(),
  /** What calls of the run may still cost, millionths of a dollar; where that was asked for and is known. */
  microsLeft: z.int().min(0).optional(),
});
export type HeartbeatAnswer = z.infer<typeof HeartbeatAnswer>;

/**
 * POST leases/:id/stopped: the lease was ended by the plane, and nothing of its run is running any more. `silentMs`: how long ago
 * the last byte went through a way out of its sandbox; null where none did.
 */
export const Stopped = z.object({
  attempt: z.int().min(1),
  silentMs: z.int().min(0).max(86_400_000).nullable(),
});
export type Stopped = z.infer<typeof Stopped>;

/** POST leases/:id/prepared: preparation is over, the run goes `preparing` → `working`. Saying it again is harmless. */
export const Prepared = z.object({ attempt: z.int().min(1) });

export const EventBatch = z.object({
  attempt: z.int().min(1),
  /** Number of the first event, counted by the runner from 1 in each lease. Resending is harmless. */
  first: z.int().min(1),
  events: z
    .array(z.object({ at: z.iso.datetime(), event: NewEvent }))
    .min(1)
    .max(200),
});
export type EventBatch = z.infer<typeof EventBatch>;
/** Everything up to and including this number is durable. */
export const EventBatchAnswer = z.object({ acknowledged: z.int().min(0) });

export const Claim = z.object({
  text: z.string().max(1000),
  /** Numbers of the commands (as in the events) whose results the claim rests on; empty = unverified. */
  commands: z.array(z.int().min(1)).max(50),
});
export type Claim = z.infer<typeof Claim>;

export const GivenUp = z.object({
  tests: z.array(TestId).max(200),
  culprit: Commit.nullable(),
  reason: z.string().max(1000),
});

export const Summary = z.object({
  text: z.string().max(10_000),
  claims: z.array(Claim).max(50),
  repaired: z
    .array(z.object({ tests: z.array(TestId).max(200), culprit: Commit, subject: z.string().max(500) }))
    .max(100),
  givenUp: z.array(GivenUp).max(100),
  flaky: z.array(TestId).max(200),
});
export type Summary = z.infer<typeof Summary>;

/** One execution of the test command on one tree, as the harness saw it. */
export const Observation = z.object({
  tree: z.enum(["base_on_base", "patch_on_patch", "base_on_patch"]),
  repeat: z.int().min(1),
  commit: Commit,
  argv: z.array(z.string()),
  exit: z.int().nullable(),
  ended: z.enum(["itself", "time", "memory", "cancelled"]),
  milliseconds: z.int().min(0),
  reportSha256: Sha256.nullable(),
  passed: z.array(TestId).max(20_000),
  failed: z.array(TestId).max(20_000),
  skipped: z.array(TestId).max(20_000),
  /** Why there is no usable report; null when there is one. */
  problem: z.string().max(2000).nullable(),
  /** Planted tests; they are in none of the lists above. Left out where none were planted. */
  canary: CanarySeen.optional(),
});
export type Observation = z.infer<typeof Observation>;

/** The base's code with the patch's tests, run once: what is new in them has to fail there. */
export const NewTests = Observation.omit({ tree: true, repeat: true, canary: true });
export type NewTests = z.infer<typeof NewTests>;

export const Finish = z.discriminatedUnion("outcome", [
  z.object({
    outcome: z.literal("patch"),
    attempt: z.int().min(1),
    bundleBlobId: z.string(),
    summary: Summary,
  }),
  z.object({ outcome: z.literal("no_change"), attempt: z.int().min(1), summary: Summary }),
  z.object({ outcome: z.literal("failed"), attempt: z.int().min(1), reason: z.string().max(4000) }),
  /** No runner needs to hold the run until somebody resumes it or decides. */
  z.object({ outcome: z.literal("parked"), attempt: z.int().min(1), why: z.enum(["pause", "ask"]) }),
  z.object({
    outcome: z.literal("observed"),
    attempt: z.int().min(1),
    environment: z.object({
      tier: Tier,
      node: z.string().max(200),
      platform: z.string().max(200),
      kernel: z.string().max(200),
    }),
    /** What setup left for the base, and for the patch where that was set up by itself. */
    setup: z.object({ base: SetupSeen, patch: SetupSeen.nullable() }).nullish(),
    observations: z.array(Observation).min(1).max(100),
    checks: Checks.nullish(),
    /** Left out where the patch adds no test that passes. */
    newTests: NewTests.nullish(),
  }),
]);
export type Finish = z.infer<typeof Finish>;

export const Uploaded = z.object({ blobId: z.string() });
export const UploadedArtefact = z.object({ artefactId: z.string().max(100) });
export const ProtocolError = z.object({
  error: z.object({ code: z.string(), message: z.string(), requestId: z.string() }),
});

/** Path of everything about one lease. */
export const LeaseParams = z.object({ lease: z.string().max(100) });
/** `ph-attempt`, where there is no JSON body to hold it. */
export const AttemptHeader = z.coerce.number().int().min(1);

export interface SignedParts {
  readonly method: string;
  /** Path with query, as sent. */
  readonly path: string;
  readonly runnerId: string;
  readonly time: string;
  readonly sha256: string;
}

/** The bytes a runner signs. */
export function signedText({ method, path, runnerId, time, sha256 }: SignedParts): string {
  return ["pilothouse-runner-v1", method, path, runnerId, time, sha256].join("\n");
}
