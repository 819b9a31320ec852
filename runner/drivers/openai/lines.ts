// The lines between the loop inside the sandbox and its driver outside, one JSON value each.
import { z } from "zod";

const id = z.string().min(1).max(200);
const count = z.int().min(0);

/** From the loop. */
export const LoopLine = z.discriminatedUnion("type", [
  z.object({ type: z.literal("bound"), session: z.string().max(200) }),
  z.object({
    type: z.literal("open"),
    id,
    item: z.enum(["message", "reasoning", "patch", "tool", "compaction"]),
    title: z.string(),
  }),
  z.object({ type: z.literal("delta"), id, text: z.string() }),
  /** `wait`: the loop goes on when it has been told so, after the tree was recorded. */
  z.object({
    type: z.literal("close"),
    id,
    status: z.enum(["completed", "declined", "failed", "aborted"]),
    wait: z.boolean().default(false),
  }),
  z.object({ type: z.literal("command"), id, argv: z.array(z.string()).max(100) }),
  z.object({ type: z.literal("output"), id, stream: z.enum(["stdout", "stderr"]), text: z.string() }),
  z.object({
    type: z.literal("command_end"),
    id,
    status: z.enum(["completed", "declined", "aborted"]),
    exit: z.int().nullable(),
    ended: z.enum(["itself", "time", "cancelled"]),
    milliseconds: count,
    /** Bytes of its output that are in no line. */
    dropped: count,
  }),
  z.object({ type: z.literal("usage"), input: count, cached: count, output: count, reasoning: count }),
  z.object({ type: z.literal("ask"), id, what: z.enum(["command", "change", "read"]), text: z.string() }),
  z.object({ type: z.literal("steered"), id }),
  z.object({
    type: z.literal("turn"),
    status: z.enum(["completed", "interrupted", "failed"]),
    text: z.string(),
    error: z.string().optional(),
    transient: z.boolean().default(false),
    late: z.array(id).max(1000),
  }),
]);
export type LoopLine = z.infer<typeof LoopLine>;
