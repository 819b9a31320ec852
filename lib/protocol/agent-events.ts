// What an agent that uses a model does, in the same words whichever program it is. Bodies only; events.ts makes the union.
import { z } from "zod";
import { AskDecider, AskEnd, AskSubject, MessageEffect, SnapshotReason } from "./steering.ts";

const text = (max: number) => z.string().max(max);
/** Items and turns are numbered inside an attempt, from 1. */
const number = z.int().min(1).max(2_147_483_647);
const tokens = z.int().min(0);

/** Longest text of one event; a longer one goes on in the next. UTF-16 units. */
export const MAX_EVENT_TEXT = 16_384;

/** Of the paths that an item changed: how many are named, how long each, and how long all together. UTF-16 units. */
export const CHANGED_PATHS = { count: 200, each: 1000, all: MAX_EVENT_TEXT } as const;
/** Of paths that each may be as long as that: whether they fit together. */
export const fitTogether = (paths: readonly string[]): boolean =>
  paths.reduce((sum, path) => sum + path.length, 0) <= CHANGED_PATHS.all;

export const ItemType = z.enum(["message", "reasoning", "command", "patch", "tool", "compaction"]);
export type ItemType = z.infer<typeof ItemType>;
export const ItemStatus = z.enum(["completed", "declined", "failed", "aborted"]);
export type ItemStatus = z.infer<typeof ItemStatus>;
export const TurnStatus = z.enum(["completed", "interrupted", "failed"]);
export type TurnStatus = z.infer<typeof TurnStatus>;
export const PromptOrigin = z.enum(["goal", "steer", "anchor", "answer"]);
export type PromptOrigin = z.infer<typeof PromptOrigin>;
export const CallOutcome = z.enum(["done", "failed", "aborted", "unknown"]);

export const agentBodies = {
  /** The agent program is up and has a session of its own. Said before the first prompt. */
  session_bound: z.object({ driver: text(40), native: text(200) }),
  turn_started: z.object({ turn: number }),
  /** What was sent to the agent, word for word; `part` counts from 1 where it takes several events. */
  prompt_sent: z.object({
    turn: number,
    origin: PromptOrigin,
    text: text(MAX_EVENT_TEXT),
    part: number.optional(),
  }),
  /** Something of the agent began. A command's own story is told by the events of command number `command`. */
  item_opened: z.object({ item: number, type: ItemType, title: text(300), command: number.optional() }),
  /** More of a message, of reasoning, of a patch or of a tool's answer; to be joined in order. */
  item_delta: z.object({ item: number, text: text(MAX_EVENT_TEXT) }),
  /** Every item that was opened is closed, at the latest with its turn: then as `aborted`. */
  item_closed: z.object({ item: number, status: ItemStatus, exit: z.int().nullable().optional() }),
  /** Id of the git tree that the work tree was, after this item. */
  tree_recorded: z.object({
    item: number,
    tree: z.string().regex(/^[0-9a-f]{40}$/),
    /** What is another than in the tree recorded before; left out by runners that do not know it. */
    paths: z
      .array(text(CHANGED_PATHS.each))
      .max(CHANGED_PATHS.count)
      .refine(fitTogether, { error: "These paths are too long together." })
      .optional(),
    /** How many more there are than are named. */
    more: z.int().min(0).optional(),
  }),
  /** The agent's own count. Advisory: what is charged is counted by the gateway. */
  usage_reported: z.object({
    turn: number,
    input: tokens,
    /** Part of `input`. */
    cached: tokens,
    output: tokens,
    /** Part of `output`. */
    reasoning: tokens,
  }),
  turn_ended: z.object({ turn: number, status: TurnStatus, error: text(4000).optional() }),
  /** What the agent program itself wrote, as it came: joined in order the texts are its lines. */
  agent_line: z.object({ stream: z.enum(["stdout", "stderr"]), text: text(MAX_EVENT_TEXT) }),
  /** The agent asked its way out for something else than a model. Seen by the relay, outside the sandbox. */
  relay_refused: z.object({
    method: text(20),
    /** Path or address as asked for, made visible and cut. */
    target: text(500),
    status: z.int().min(400).max(599),
    reason: text(300),
    /** How many alike this stands for. */
    times: number,
  }),
  /** A message of a person reached the agent, and when. */
  message_delivered: z.object({ message: text(100), effect: MessageEffect }),
  message_undeliverable: z.object({ message: text(100), reason: text(1000) }),
  /** The agent waits for a decision. `text` is all it would do: the argument vector as JSON, a script, or the patch. */
  ask_opened: z.object({
    /** Counted by the runner inside an attempt, from 1. */
    ask: number,
    item: number.optional(),
    what: AskSubject,
    title: text(300),
    text: text(MAX_EVENT_TEXT),
    cwd: text(1000),
    reason: text(2000),
    /** By `askDigest`. */
    digest: z.string().regex(/^[0-9a-f]{64}$/),
  }),
  /** How it went; also alone, for what the policy settled without asking anybody. */
  ask_settled: z.object({
    ask: number,
    decision: AskEnd,
    by: AskDecider,
    /** What of the policy said so. */
    rule: text(600).optional(),
  }),
  /** Sent after its bytes were uploaded. */
  snapshot_taken: z.object({
    blob: text(100),
    native: text(200),
    driver: text(40),
    turn: z.int().min(0),
    tree: z.string().regex(/^[0-9a-f]{40}$/),
    why: SnapshotReason,
    /** Milliseconds between its being made and its being told, in which it was uploaded: what was said meanwhile is not in it. */
    age: z.int().min(0).max(86_400_000).optional(),
  }),
  /** Something the agent said it takes for granted, looked at by the harness in a clean sandbox; null where it could not be. */
  assumption_checked: z.object({
    text: text(600),
    holds: z.boolean().nullable(),
    detail: text(1000),
    /** What it was checked on. */
    tree: z.string().regex(/^[0-9a-f]{40}$/),
  }),
  /** Written by the gateway: a call was let through, its intent is durable. */
  model_called: z.object({ call: text(100), model: text(200) }),
  /** Written by the gateway: how it went and what it cost. Tokens are null where nobody knows them. */
  model_answered: z.object({
    call: text(100),
    outcome: CallOutcome,
    /** The model that answered, in the provider's words. */
    returned: text(200).nullable(),
    input: tokens.nullable(),
    cached: tokens.nullable(),
    cacheWrite: tokens.nullable(),
    output: tokens.nullable(),
    reasoning: tokens.nullable(),
    /** Millionths of a US dollar. */
    micros: z.int().min(0),
    milliseconds: z.int().min(0),
  }),
} as const;

/** Kinds that only the gateway writes. */
export const GATEWAY_KINDS = ["model_called", "model_answered"] as const;
