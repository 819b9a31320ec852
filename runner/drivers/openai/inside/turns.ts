// One turn after the other: the model is asked until it wants nothing more. What came meanwhile is read between its answers and
// its tools; the history is compacted before it no longer fits.
import OpenAI from "openai";
import { type Answer, answerOf, CutOff, type Settings } from "./answer.ts";
import { compacted, estimated, ORDER } from "./compaction.ts";
import type { History } from "./history.ts";
import { callTool } from "./tools.ts";
import { Interrupted, type Said, say, takeSteers } from "./wire.ts";

const MOST_CALLS = 200;
const MOST_RETRIES = 2;

export interface TurnsOptions {
  readonly settings: Settings;
  readonly history: History;
  /** Whether commands and changes are asked for first. */
  readonly asks: boolean;
  /** Globs of files whose reading is asked for too. */
  readonly guarded: readonly string[];
  /** Tokens of input above which the history is compacted. */
  readonly compactAbove: number;
}

type End = Extract<Said, { type: "turn" }>;

export function createTurns({ settings, history, asks, guarded, compactAbove }: TurnsOptions) {
  /** Of the last question, by the provider's count. */
  let tokens = 0;
  let compactions = 0;

  /** Asks once more where the answer broke off on the way; nothing of it was done yet. */
  async function ask(signal: AbortSignal): Promise<Answer> {
    for (let tries = 0; ; tries++) {
      try {
        const answer = await answerOf(settings, history.items, { signal });
        tokens = answer.tokens;
        return answer;
      } catch (error) {
        signal.throwIfAborted();
        if (!(error instanceof CutOff) || tries >= MOST_RETRIES) throw error;
      }
    }
  }

  async function compact(signal: AbortSignal): Promise<void> {
    if (Math.max(tokens, estimated(history.items)) <= compactAbove) return;
    const id = `compaction-${++compactions}`;
    say({ type: "open", id, item: "compaction", title: "Sum up what happened, to go on with less" });
    const question = [...history.items, { role: "user" as const, content: ORDER }];
    const { text } = await answerOf(settings, question, { signal, quiet: true });
    const before = estimated(history.items);
    if (text.trim() === "") return say({ type: "close", id, status: "failed" });
    history.replace(compacted(history.items, text));
    tokens = estimated(history.items);
    say({ type: "delta", id, text: `About ${before} tokens of history became ${tokens}.\n\n${text}` });
    say({ type: "close", id, status: "completed" });
  }

  /** Whether there was anything. */
  function readSteers(): boolean {
    const steers = takeSteers();
    for (const { id, text } of steers) {
      history.add({ role: "user", content: text });
      say({ type: "steered", id });
    }
    return steers.length > 0;
  }

  async function resultOf(id: string, name: string, args: string, signal: AbortSignal): Promise<string> {
    try {
      const parsed: unknown = JSON.parse(args);
      if (typeof parsed !== "object" || parsed === null) return "Failed: the arguments are not an object.";
      return await callTool(id, name, parsed as Record<string, unknown>, { signal, asks, guarded });
    } catch (error) {
      if (error instanceof Interrupted) throw error;
      return `Failed: ${error instanceof Error ? error.message : String(error)}`;
    }
  }

  async function callTools(wanted: Answer["wanted"], signal: AbortSignal): Promise<void> {
    for (const { id, name, args } of wanted) {
      const output = signal.aborted
        ? "Not done: the turn was interrupted."
        : await resultOf(id, name, args, signal).catch((error: unknown) => {
            if (error instanceof Interrupted) return "Broken off: the turn was interrupted.";
            throw error;
          });
      history.add({ type: "function_call_output", call_id: id, output });
    }
    signal.throwIfAborted();
  }

  async function work(signal: AbortSignal): Promise<Omit<End, "type" | "late">> {
    for (let calls = 0; calls < MOST_CALLS; calls++) {
      readSteers();
      await compact(signal);
      const { items, wanted, text, refusal, incomplete } = await ask(signal);
      history.add(...items);
      if (wanted.length > 0) {
        await callTools(wanted, signal);
        continue;
      }
      if (incomplete !== null) {
        if (incomplete !== "max_output_tokens" || calls > MOST_CALLS - MOST_RETRIES)
          return { status: "failed", text, error: `The model's answer was cut off: ${incomplete}.` };
        const content = "Your answer was cut off at its limit of tokens. Go on, in shorter steps.";
        history.add({ role: "user", content });
        continue;
      }
      if (readSteers()) continue; // said while the model wrote its last words
      if (refusal !== "") return { status: "failed", text, error: `The model refused: ${refusal}` };
      return { status: "completed", text };
    }
    const error = `The agent asked its model ${MOST_CALLS} times without coming to an end.`;
    return { status: "failed", text: "", error };
  }

  return async function runTurn(text: string, signal: AbortSignal): Promise<End> {
    history.add({ role: "user", content: text });
    const end = await work(signal).catch((error: unknown) => failureOf(error, signal));
    return { type: "turn", ...end, late: takeSteers().map(({ id }) => id) };
  };
}

function failureOf(error: unknown, signal: AbortSignal): Omit<End, "type" | "late"> {
  if (signal.aborted || error instanceof Interrupted) return { status: "interrupted", text: "" };
  return { status: "failed", text: "", error: sentenceOf(error), transient: isTransient(error) };
}

/** Whether the way was broken, and not what was asked. */
function isTransient(error: unknown): boolean {
  if (error instanceof CutOff || error instanceof OpenAI.APIConnectionError) return true;
  return error instanceof OpenAI.APIError && (error.status ?? 0) >= 500;
}

/** In the gateway's or the provider's own words where there are any. */
function sentenceOf(error: unknown): string {
  if (error instanceof OpenAI.APIError) {
    const said = (error.error as { message?: unknown } | undefined)?.message;
    return typeof said === "string" && said !== "" ? said : error.message;
  }
  return error instanceof Error ? error.message : String(error);
}
