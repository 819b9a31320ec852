// The part of the app-server protocol that is used here, as closed shapes: what is not named is dropped, what does not fit
// is not understood. Written from the pinned version's own schema; protocol.test.ts holds it against it.
import { z } from "zod";

const id = z.string().min(1).max(200);
const count = z.int().min(0);
/** Far more than the kernel runs: a word has at most 128 KiB, quoted four times as much. Read character by character. */
const LONGEST_COMMAND = 1024 * 1024;

export const Initialized = z.object({ userAgent: z.string() });

/** Whether it asks before it runs a command or changes a file. */
export const ApprovalPolicy = z.enum(["never", "untrusted"]);
export type ApprovalPolicy = z.infer<typeof ApprovalPolicy>;

const Policies = {
  approvalPolicy: ApprovalPolicy,
  /** A model that answers in a person's place would be the other choice. */
  approvalsReviewer: z.literal("user"),
  sandbox: z.object({ type: z.literal("dangerFullAccess") }),
  model: z.string(),
};
export const ThreadStarted = z.object({ thread: z.object({ id }), ...Policies });

const Turn = z.object({ id });
export const TurnStarted = z.object({ turn: Turn });
export const TurnSteered = z.object({ turnId: id });
export const Nothing = z.object({});

/** A word, or a word with what belongs to it. */
const ErrorKind = z.union([z.string(), z.record(z.string(), z.unknown())]);
const TurnError = z.object({ message: z.string(), codexErrorInfo: ErrorKind.nullish() });
export type TurnError = z.infer<typeof TurnError>;

const Command = z.object({
  type: z.literal("commandExecution"),
  id,
  command: z.string().max(LONGEST_COMMAND),
  cwd: z.string().nullish(),
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
  /** What was sent to it, told back when its model is given it; `clientId` is the name we gave it. */
  z.object({ type: z.literal("userMessage"), id, clientId: z.string().nullish() }),
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
  /** What the agent typed into a terminal that a command waits at. Nobody was asked about that. */
  "item/commandExecution/terminalInteraction": z.object({ ...inTurn, itemId: id, stdin: z.string() }),
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
  "serverRequest/resolved",
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

const about = { ...inTurn, itemId: id, reason: z.string().nullish() };

const requests = {
  "item/commandExecution/requestApproval": z.object({
    ...about,
    /** Other kinds and callbacks are about parts of a command, of which nothing is known here. */
    kind: z.literal("command"),
    approvalId: z.null().optional(),
    networkApprovalContext: z.null().optional(),
    command: z.string(),
    cwd: z.string(),
  }),
  "item/fileChange/requestApproval": z.object({ ...about, grantRoot: z.null().optional() }),
} as const;

type Requests = typeof requests;
export type Request = {
  [K in keyof Requests]: { readonly method: K; readonly params: z.infer<Requests[K]> };
}[keyof Requests];
export const USED_REQUESTS = Object.keys(requests) as (keyof Requests)[];

export const isRequest = (method: string): method is keyof Requests => Object.hasOwn(requests, method);

/** Null for one that asks for something else than a command or a change as such. */
export function readRequest(method: keyof Requests, params: unknown): Request | null {
  const parsed = requests[method].safeParse(params);
  return parsed.success ? ({ method, params: parsed.data } as Request) : null;
}
