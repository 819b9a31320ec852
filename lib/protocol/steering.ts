// How people reach an agent at work, and how it asks them. What the runner says goes with its events; what the plane
// says comes through one long poll, the lease's inbox.
import { createHash } from "node:crypto";
import { z } from "zod";

const Sha256 = z.string().regex(/^[0-9a-f]{64}$/);
/** Id of a git tree. */
const Tree = z.string().regex(/^[0-9a-f]{40}$/);

/** Longest message to an agent, UTF-16 units. */
export const MAX_MESSAGE = 16_384;

/** `now`: into the turn under way; `queue`: the next turn; `interrupt`: ends the turn, then the next one. */
export const MessageMode = z.enum(["now", "queue", "interrupt"]);
export type MessageMode = z.infer<typeof MessageMode>;
/** A `goal` is what the run is for from then on. */
export const MessageOrigin = z.enum(["steer", "goal"]);
export type MessageOrigin = z.infer<typeof MessageOrigin>;
/** When a message reached the agent. */
export const MessageEffect = z.enum(["preempt", "tool_boundary", "after_turn"]);
export type MessageEffect = z.infer<typeof MessageEffect>;

export const AskSubject = z.enum(["command", "change", "network"]);
export type AskSubject = z.infer<typeof AskSubject>;
export const AskDecision = z.enum(["allowed", "declined"]);
export type AskDecision = z.infer<typeof AskDecision>;
export const AskEnd = z.enum(["allowed", "declined", "expired"]);
export type AskEnd = z.infer<typeof AskEnd>;
export const AskDecider = z.enum(["policy", "person", "unattended", "crash"]);
export type AskDecider = z.infer<typeof AskDecider>;

/** POST leases/:id/inbox. A new attempt asks from 0 and gets what is not settled. */
export const InboxRequest = z.object({
  attempt: z.int().min(1),
  after: z.int().min(0),
  /** How long the plane may hold the request open, seconds. */
  waitSeconds: z.int().min(0).max(25),
  /** Whether whoever asks knows what to do with `withdraw`. */
  givesBack: z.boolean().default(false),
});
export type InboxRequest = z.infer<typeof InboxRequest>;

const item = { number: z.int().min(1) };
export const InboxItem = z.discriminatedUnion("kind", [
  z.object({
    ...item,
    kind: z.literal("message"),
    message: z.string().max(100),
    mode: MessageMode,
    origin: MessageOrigin,
    text: z.string().max(MAX_MESSAGE),
  }),
  z.object({
    ...item,
    kind: z.literal("answer"),
    /** The runner's own number of the ask, inside this attempt. */
    ask: z.int().min(1),
    decision: AskDecision,
    reason: z.string().max(2000),
  }),
  /** Its sender wants it back: told as undeliverable, unless the agent is getting it already. */
  z.object({ ...item, kind: z.literal("withdraw"), message: z.string().max(100) }),
  /** Interrupt the turn, take a snapshot, finish as `parked`. `ask`: a decision takes longer than the charter waits. */
  z.object({
    ...item,
    kind: z.literal("pause"),
    why: z.enum(["pause", "ask"]),
    reason: z.string().max(2000),
  }),
]);
export type InboxItem = z.infer<typeof InboxItem>;
export const InboxAnswer = z.object({ items: z.array(InboxItem) });
export type InboxAnswer = z.infer<typeof InboxAnswer>;

export const SnapshotReason = z.enum(["turn", "time", "pause", "ask"]);
export type SnapshotReason = z.infer<typeof SnapshotReason>;
/** Largest snapshot, bytes. */
export const MAX_SNAPSHOT = 64 * 1024 * 1024;

/** The newest snapshot of this run by the same driver: GET leases/:id/bundles/snapshot */
export const Resume = z.object({
  native: z.string().max(200),
  driver: z.string().max(40),
  turn: z.int().min(0),
  tree: Tree,
  sha256: Sha256,
  bytes: z.int().min(0),
});
export type Resume = z.infer<typeof Resume>;

const ToolRule = z.enum(["deny", "ask", "allow"]);

/** What the charter says about commands an agent wants to run; judged by lib/asks/rules.ts on both sides. */
export const AskPolicy = z.object({
  mode: z.enum(["never", "unlisted"]),
  allowed: z.array(z.string().max(500)).max(100),
  denied: z.array(z.string().max(500)).max(100),
  unattended: z.enum(["deny_and_continue", "park"]),
  minutes: z.int().min(1),
  /** What else it says of tools; left out, it says nothing. */
  tools: z
    .object({
      ...{ write: ToolRule, execute: ToolRule, network: z.enum(["deny", "ask"]) },
      /** Of files that match one of the globs. */
      read: z.object({ rule: ToolRule, guarded: z.array(z.string().max(300)).max(100) }).optional(),
    })
    .optional(),
});
export type AskPolicy = z.infer<typeof AskPolicy>;
export const NEVER_ASKS: AskPolicy = {
  mode: "never",
  allowed: [],
  denied: [],
  unattended: "deny_and_continue",
  minutes: 30,
};

/** Decided while no runner had the run: the same ask is answered by it, once. */
export const Decided = z.object({
  digest: Sha256,
  decision: AskDecision,
  reason: z.string().max(2000),
});
export type Decided = z.infer<typeof Decided>;

/**
 * What a decision is about: same subject, same place, same text. The text is shown whole, so an ask whose text is
 * longer than an event may be is not asked but declined by the runner.
 */
export const askDigest = (ask: {
  readonly what: AskSubject;
  readonly cwd: string;
  readonly text: string;
}): string =>
  createHash("sha256")
    .update(JSON.stringify([ask.what, ask.cwd, ask.text]), "utf8")
    .digest("hex");
