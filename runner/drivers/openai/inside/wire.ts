// The loop's end of its lines. Runs inside the sandbox: nothing but Node's own modules.
import { createInterface } from "node:readline";

export type Said =
  | { readonly type: "bound"; readonly session: string }
  | {
      readonly type: "open";
      readonly id: string;
      readonly item: "message" | "reasoning" | "patch" | "tool" | "compaction";
      readonly title: string;
    }
  | { readonly type: "delta"; readonly id: string; readonly text: string }
  | {
      readonly type: "close";
      readonly id: string;
      readonly status: "completed" | "declined" | "failed" | "aborted";
      readonly wait?: boolean;
    }
  | { readonly type: "command"; readonly id: string; readonly argv: readonly string[] }
  | {
      readonly type: "output";
      readonly id: string;
      readonly stream: "stdout" | "stderr";
      readonly text: string;
    }
  | {
      readonly type: "command_end";
      readonly id: string;
      readonly status: "completed" | "declined" | "aborted";
      readonly exit: number | null;
      readonly ended: "itself" | "time" | "cancelled";
      readonly milliseconds: number;
      /** Bytes of its output that were not told. */
      readonly dropped: number;
    }
  /** May this be done? Answered by `answer`. */
  | {
      readonly type: "ask";
      readonly id: string;
      /** The text of a `read`: every name of the file, with NUL between them. */
      readonly what: "command" | "change" | "read";
      readonly text: string;
    }
  | {
      readonly type: "usage";
      readonly input: number;
      readonly cached: number;
      readonly output: number;
      readonly reasoning: number;
    }
  /** A message that came during the turn is part of what the model is asked next. */
  | { readonly type: "steered"; readonly id: string }
  | {
      readonly type: "turn";
      readonly status: "completed" | "interrupted" | "failed";
      readonly text: string;
      readonly error?: string;
      readonly transient?: boolean;
      /** Messages that came too late for the turn. */
      readonly late: readonly string[];
    };

export const say = (said: Said): void => void process.stdout.write(`${JSON.stringify(said)}\n`);

/** Whether what was said waits in our memory: writing does not wait for the reader. */
export const isBehind = (): boolean => process.stdout.writableNeedDrain;

/** Where it does: resolves when it is on its way. */
export const drained = (): Promise<void> =>
  new Promise((resolve) => process.stdout.once("drain", () => resolve()));

export interface Allowed {
  readonly decision: "allowed" | "declined";
  readonly reason: string;
}

type Heard =
  | ({ readonly type: "begin" } & Beginning)
  | { readonly type: "turn"; readonly text: string }
  | { readonly type: "steer"; readonly id: string; readonly text: string }
  | { readonly type: "interrupt" }
  | ({ readonly type: "answer"; readonly id: string } & Allowed)
  | { readonly type: "go_on"; readonly id: string };

export interface Steer {
  readonly id: string;
  readonly text: string;
}

const waiting = new Map<string, () => void>();
const asked = new Map<string, (allowed: Allowed) => void>();
const begun = Promise.withResolvers<Beginning>();
let nextTurn = Promise.withResolvers<string>();
let steers: Steer[] = [];
let interruption = new AbortController();

createInterface({ input: process.stdin }).on("line", (line) => {
  const heard = JSON.parse(line) as Heard;
  switch (heard.type) {
    case "begin":
      return begun.resolve(heard);
    case "turn":
      interruption = new AbortController();
      return nextTurn.resolve(heard.text);
    case "steer":
      return void steers.push({ id: heard.id, text: heard.text });
    case "interrupt":
      return interruption.abort(new Interrupted("The turn was interrupted."));
    case "answer":
      asked.get(heard.id)?.({ decision: heard.decision, reason: heard.reason });
      return void asked.delete(heard.id);
    case "go_on":
      waiting.get(heard.id)?.();
      return void waiting.delete(heard.id);
  }
});

/** Somebody outside wants the turn to end. */
export class Interrupted extends Error {}

export interface Beginning {
  /** Name of the session to take up; null for a new one. */
  readonly session: string | null;
  /** Whether commands and changes are asked for first. */
  readonly asks: boolean;
  /** Globs of files whose reading is asked for too, and which no search looks into. */
  readonly guarded: readonly string[];
}

export const begin = (): Promise<Beginning> => begun.promise;

/** What the next turn is about, and what ends it. */
export async function turn(): Promise<{ text: string; signal: AbortSignal }> {
  const text = await nextTurn.promise;
  nextTurn = Promise.withResolvers<string>();
  return { text, signal: interruption.signal };
}

/** Messages that came since. */
export function takeSteers(): Steer[] {
  const taken = steers;
  steers = [];
  return taken;
}

/** Says that a tool has ended, and waits until the driver has looked at the checkout as it is now. */
export async function sayAndWait(said: Extract<Said, { type: "close" | "command_end" }>): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  waiting.set(said.id, resolve);
  say(said);
  await promise;
}

/** Waits for the answer; rejects when the turn is interrupted meanwhile. */
export async function ask(said: Extract<Said, { type: "ask" }>, signal: AbortSignal): Promise<Allowed> {
  const { promise, resolve, reject } = Promise.withResolvers<Allowed>();
  const onAbort = () => reject(signal.reason);
  if (signal.aborted) onAbort();
  signal.addEventListener("abort", onAbort, { once: true });
  asked.set(said.id, resolve);
  say(said);
  try {
    return await promise;
  } finally {
    signal.removeEventListener("abort", onAbort);
    asked.delete(said.id);
  }
}
