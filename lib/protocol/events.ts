// What happens inside a run, as a closed union. Runner, web and the page all read these shapes.
import { z } from "zod";
import { agentBodies, GATEWAY_KINDS } from "./agent-events.ts";
import { artefactBodies } from "./artefacts.ts";
import { setupBodies } from "./setup-events.ts";

export type { ItemStatus, ItemType } from "./agent-events.ts";

export const ObservedBy = z.enum(["runner", "worker", "gateway"]);

/** One test, as its report names it. `id` is `file › suite › name`, unique inside a report by a `#2` suffix. */
export const TestId = z.string().min(1).max(1000);

const text = (max: number) => z.string().max(max);
const commit = z.string().regex(/^[0-9a-f]{40}$/);

const body = {
  /** A named step of the work; the run page's turns. `step` is unique inside an attempt. */
  step_started: z.object({ step: z.int().min(1), title: text(300) }),
  step_finished: z.object({
    step: z.int().min(1),
    outcome: z.enum(["done", "failed", "skipped"]),
    detail: text(2000),
  }),
  /** A sandboxed command. `tree` says on what: "base", a short commit, "base + 2 reverts", … */
  command_started: z.object({
    command: z.int().min(1),
    argv: z.array(text(2000)).max(100),
    tree: text(200),
    purpose: text(300),
  }),
  command_output: z.object({
    command: z.int().min(1),
    stream: z.enum(["stdout", "stderr"]),
    text: text(16_384),
  }),
  command_finished: z.object({
    command: z.int().min(1),
    exit: z.int().nullable(),
    ended: z.enum(["itself", "time", "memory", "cancelled"]),
    milliseconds: z.int().min(0),
    /** Output bytes that were not kept. */
    dropped: z.int().min(0),
  }),
  /** A test report that was read. */
  tests_reported: z.object({
    command: z.int().min(1),
    tree: text(200),
    passed: z.int().min(0),
    failed: z.int().min(0),
    skipped: z.int().min(0),
    failing: z.array(TestId).max(200),
  }),
  /** A conclusion of the agent, in words. */
  note: z.object({ text: text(4000) }),
  /** Failing tests with one root-cause signature. */
  cluster_found: z.object({
    cluster: z.int().min(1),
    signature: text(500),
    tests: z.array(TestId).min(1).max(200),
    steadiness: z.enum(["steady", "flaky"]),
  }),
  culprit_found: z.object({
    cluster: z.int().min(1),
    commit,
    subject: text(500),
    author: text(300),
    steps: z.int().min(0),
  }),
  cluster_repaired: z.object({ cluster: z.int().min(1), commit, by: z.literal("revert") }),
  cluster_given_up: z.object({ cluster: z.int().min(1), reason: text(1000) }),
  file_changed: z.object({ path: text(4096), added: z.int().min(0), removed: z.int().min(0) }),
  patch_proposed: z.object({
    files: z.int().min(0),
    added: z.int().min(0),
    removed: z.int().min(0),
    bytes: z.int().min(0),
  }),
  /** Written by the control plane. */
  attempt_started: z.object({
    phase: z.enum(["agent", "verify"]),
    runner: text(200),
    tier: z.enum(["strong", "weak"]),
  }),
  attempt_ended: z.object({ phase: z.enum(["agent", "verify"]), reason: text(500) }),
  status_changed: z.object({ from: text(30), to: text(30), reason: text(2000) }),
  patch_imported: z.object({
    digest: z.string(),
    files: z.int(),
    added: z.int(),
    removed: z.int(),
    flags: z.array(text(300)),
  }),
  evidence_recorded: z.object({ digest: z.string(), verdict: text(30), detail: text(1000) }),
  ...setupBodies,
  ...artefactBodies,
  ...agentBodies,
} as const;

type Bodies = { [K in keyof typeof body]: z.infer<(typeof body)[K]> };
export type EventKind = keyof Bodies;
export type AgentEventKind = keyof typeof agentBodies;
export const EVENT_KINDS = Object.keys(body) as EventKind[];

/** An event before it has a number: `{ kind, body }`. */
export type NewEvent = { [K in EventKind]: { readonly kind: K; readonly body: Bodies[K] } }[EventKind];

/** The body of one kind of event. */
export type BodyOf<Kind extends EventKind> = Bodies[Kind];

const members = EVENT_KINDS.map((kind) => z.object({ kind: z.literal(kind), body: body[kind] }));
export const NewEvent = z.union(
  members as unknown as [(typeof members)[0], (typeof members)[0]],
) as unknown as z.ZodType<NewEvent>;

/** An event as stored and streamed. `seq` is gap-free per run and given by the control plane. */
export type RunEvent = NewEvent & {
  readonly seq: number;
  readonly attempt: number;
  /** ISO 8601, UTC; the observer's clock. */
  readonly at: string;
  readonly observedBy: z.infer<typeof ObservedBy>;
};

/** Kinds a runner may send; the others are written by the control plane or its gateway. */
const PLANE_KINDS: readonly EventKind[] = [
  ...GATEWAY_KINDS,
  "attempt_started",
  "attempt_ended",
  "status_changed",
  "patch_imported",
  "evidence_recorded",
];
export const isRunnerKind = (kind: EventKind): boolean => !PLANE_KINDS.includes(kind);
