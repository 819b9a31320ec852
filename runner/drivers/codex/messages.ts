// The part of the app-server protocol that is used here, as closed shapes: what is not named is dropped, what does not fit
// is not understood. Written from the pinned version's own schema; protocol.test.ts holds it against it.
import { z } from "zod";

const id = z.string().min(1).max(200);
const count = z.int().min(0);

export const Initialized = z.object({ userAgent: z.string() });

const Policies = {
  approvalPolicy: z.literal("never"),
  sandbox: z.object({ type: z.literal("dangerFullAccess") }),
  model: z.string(),
};
export const ThreadStarted = z.object({ thread: z.object({ id }), ...Policies });

const Turn = z.object({ id });
export const TurnStarted = z.object({ turn: Turn });
export const Nothing = z.object({});

const TurnError = z.object({ message: z.string() });

const Command = z.object({
  type: z.literal("commandExecution"),
  id,
  command: z.string(),
  status: z.enum(["inProgress", "completed", "failed", "declined"]),
  aggregatedOutput: z.string().nullish(),
  exitCode: z.int().nullish(),
  durationMs: z.int().nullish(),
});
export type CommandItem = z.infer<typeof Command>;

const FileChange = z.object({
  type: z.literal("fileChange"),
  id,
  changes: z.array(
    z.object({
      path: z.string(),
      diff: z.string(),
      kind: z.object({
        type: z.enum(["add", "delete", "update"]),
        move_path: z.string().nullish(),
      }),
    }),
  ),
  status: z.enum(["inProgress", "completed", "failed", "declined"]),
});
export type FileChangeItem = z.infer<typeof FileChange>;

const Known = z.discriminatedUnion("type", [
  Command,
  FileChange,
  z.object({ type: z.literal("agentMessage"), id, text: z.string() }),
  z.object({
    type: z.literal("reasoning"),
    id,
    summary: z.array(z.string()).default([]),
    content: z.array(z.string()).default([]),
  }),
  z.object({ type: z.literal("contextCompaction"), id }),
  /** What was sent to it, told back. */
  z.object({ type: z.literal("userMessage"), id }),
]);
const KNOWN: ReadonlySet<string> = new Set(Known.options.map(({ shape }) => shape.type.value));

/** An item of a type that is not known is a tool of that name. One of a known type has to have its shape. */
const Other = z
  .object({ type: z.string().max(200), id })
  .refine(({ type }) => !KNOWN.has(type))
  .transform(({ type, id: native }) => ({ type: "other" as const, id: native, name: type }));

const Item = z.union([Known, Other]);
export type Item = z.infer<typeof Item>;

const Tokens = z.object({
  inputTokens: count,
  cachedInputTokens: count,
  outputTokens: count,
  reasoningOutputTokens: count,
});
export type Tokens = z.infer<typeof Tokens>;

const inTurn = { threadId: id, turnId: id };
const delta = z.object({ ...inTurn, itemId: id, delta: z.string() });

const shapes = {
  "turn/completed": z.object({
    threadId: id,
    turn: Turn.extend({
      status: z.enum(["completed", "interrupted", "failed"]),
      error: TurnError.nullish(),
    }),
  }),
  "item/started": z.object({ ...inTurn, item: Item }),
  "item/completed": z.object({ ...inTurn, item: Item }),
  "item/agentMessage/delta": delta,
  "item/reasoning/summaryTextDelta": delta,
  "item/reasoning/textDelta": delta,
  "item/reasoning/summaryPartAdded": z.object({ ...inTurn, itemId: id, summaryIndex: count }),
  "item/commandExecution/outputDelta": delta,
  "thread/tokenUsage/updated": z.object({ ...inTurn, tokenUsage: z.object({ total: Tokens }) }),
} as const;

type Shapes = typeof shapes;
export type Notification = {
  [K in keyof Shapes]: { readonly method: K; readonly params: z.infer<Shapes[K]> };
}[keyof Shapes];
export const USED_NOTIFICATIONS = Object.keys(shapes) as (keyof Shapes)[];

/** Nothing in these that is not said elsewhere; Codex is asked to leave them out. */
export const SILENCED = [
  "account/rateLimits/updated",
  "remoteControl/status/changed",
  "thread/settings/updated",
  "thread/started",
  "thread/status/changed",
  "turn/diff/updated",
  "turn/started",
] as const;

/** Null for what is not known, or not in its shape. */
export function readNotification(method: string, params: unknown): Notification | null {
  if (!Object.hasOwn(shapes, method)) return null;
  const parsed = shapes[method as keyof Shapes].safeParse(params);
  return parsed.success ? ({ method, params: parsed.data } as Notification) : null;
}
