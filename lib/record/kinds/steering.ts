// What people and an agent at work said to each other, and how a run was put away and taken up again. The words are
// committed to and kept outside.
import { z } from "zod";
import { commit, count, digest, id, ordinal, reason } from "./words.ts";

const message = { message: id } as const;
const ask = { ask: id, attempt: ordinal } as const;
const why = z.enum(["pause", "ask"]);
const snapshot = { attempt: ordinal, blob: id } as const;

export const STEERING_KINDS = {
  "message.sent": z.strictObject({
    ...message,
    mode: z.enum(["now", "queue", "interrupt"]),
    origin: z.enum(["steer", "goal", "review"]),
    /** Commitment to the words. */
    text: digest,
  }),
  "message.delivered": z.strictObject({
    ...message,
    attempt: ordinal,
    effect: z.enum(["preempt", "tool_boundary", "after_turn"]),
  }),
  "message.undeliverable": z.strictObject({ ...message, ...reason }),
  /** Whoever wrote it wants it back from the attempt whose agent may be getting it. */
  "message.asked_back": z.strictObject({ ...message, attempt: ordinal }),
  /** `goal`: what the run is for again, where the message had said it. */
  "message.withdrawn": z.strictObject({ ...message, goal: z.union([id, z.literal("launch")]).optional() }),
  /** `text`: commitment to what the agent is to do from now on. */
  "run.goal_changed": z.strictObject({ ...message, text: digest }),
  /** `asked`: commitment to all that was shown. `gate`: where it is decided; absent where nobody is asked. */
  "ask.opened": z.strictObject({
    ...ask,
    number: ordinal,
    what: z.enum(["command", "change", "network"]),
    asked: digest,
    gate: id.optional(),
  }),
  "ask.settled": z.strictObject({
    ...ask,
    decision: z.enum(["allowed", "declined", "expired"]),
    by: z.enum(["policy", "person", "unattended", "crash"]),
  }),
  "run.paused": z.strictObject({ attempt: count, ...reason }),
  "run.resumed": z.strictObject({ attempt: count }),
  /** Put away with its snapshot: no runner has it. */
  "run.parked": z.strictObject({ attempt: ordinal, why }),
  "snapshot.uploaded": z.strictObject({ ...snapshot, bytes: count, commitment: digest }),
  "snapshot.taken": z.strictObject({
    ...snapshot,
    turn: count,
    tree: commit,
    why: z.enum(["turn", "time", "pause", "ask"]),
    commitment: digest,
  }),
  /** Bytes of older ones were deleted, or of all where the run has ended. */
  "snapshot.dropped": z.strictObject({ blobs: z.array(id).min(1).max(100) }),
} as const;
