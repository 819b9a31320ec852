// One answer of the model, followed while it comes.
import OpenAI from "openai";
import type {
  ResponseInputItem,
  ResponseOutputItem,
  ResponseStreamEvent,
} from "openai/resources/responses/responses";
import { TOOLS } from "./tools.ts";
import { say } from "./wire.ts";

export type Items = ResponseInputItem[];

export interface Settings {
  readonly client: OpenAI;
  readonly model: string;
  readonly instructions: string;
  /** Whether the model takes what is said about reasoning; found out by the first answer. */
  reasons: boolean;
}

export interface WantedCall {
  readonly id: string;
  readonly name: string;
  /** JSON, as the model wrote it. */
  readonly args: string;
}

export interface Answer {
  /** To be sent again with the next question. */
  readonly items: Items;
  readonly wanted: readonly WantedCall[];
  readonly text: string;
  readonly refusal: string;
  /** Why it ended early; null when it is whole. */
  readonly incomplete: string | null;
  /** Of question and answer, by the provider's count; 0 where it does not count. */
  readonly tokens: number;
}

export interface AskChoices {
  readonly signal: AbortSignal;
  /** Without tools, and without telling what comes. */
  readonly quiet?: boolean;
}

/** The stream ended before the answer did. */
export class CutOff extends Error {}

async function open(
  settings: Settings,
  input: Items,
  { signal, quiet = false }: AskChoices,
): Promise<AsyncIterable<ResponseStreamEvent>> {
  const { client, model, instructions } = settings;
  const request = {
    model,
    instructions,
    input,
    ...(quiet ? {} : { tools: TOOLS, parallel_tool_calls: false }),
    stream: true as const,
    store: false,
  };
  if (!settings.reasons) return client.responses.create(request, { signal });
  const reasoning = {
    reasoning: { summary: "auto" as const },
    include: ["reasoning.encrypted_content" as const],
  };
  try {
    return await client.responses.create({ ...request, ...reasoning }, { signal });
  } catch (error) {
    // A model that does not reason refuses what is said about it.
    if (!(error instanceof OpenAI.BadRequestError) || !/reasoning|encrypted/i.test(error.message))
      throw error;
    settings.reasons = false;
    return client.responses.create(request, { signal });
  }
}

/** Throws `CutOff` where asking again may help, and the provider's own error where not. */
export async function answerOf(settings: Settings, input: Items, choices: AskChoices): Promise<Answer> {
  const opened = new Set<string>();
  const whole: ResponseOutputItem[] = [];
  let last: ResponseStreamEvent | null = null;
  try {
    for await (const event of await open(settings, input, choices)) {
      if (!choices.quiet) follow(event, opened);
      if (event.type === "response.output_item.done") whole.push(event.item);
      if (ENDS.includes(event.type)) last = event;
    }
  } catch (error) {
    choices.signal.throwIfAborted();
    if (error instanceof OpenAI.APIError && !(error instanceof OpenAI.APIConnectionError)) throw error;
    throw new CutOff(error instanceof Error ? error.message : String(error));
  } finally {
    for (const id of opened) say({ type: "close", id, status: "aborted" });
  }
  return read(last, whole);
}

const ENDS: readonly string[] = ["response.completed", "response.incomplete", "response.failed", "error"];

function follow(event: ResponseStreamEvent, opened: Set<string>): void {
  switch (event.type) {
    case "response.output_item.added": {
      const { type, id } = event.item;
      if ((type !== "message" && type !== "reasoning") || !id) return;
      opened.add(id);
      say({ type: "open", id, item: type, title: type === "message" ? "Message" : "Reasoning" });
      return;
    }
    case "response.output_item.done": {
      const { id } = event.item;
      if (id && opened.delete(id)) say({ type: "close", id, status: "completed" });
      return;
    }
    case "response.output_text.delta":
    case "response.refusal.delta":
    case "response.reasoning_text.delta":
    case "response.reasoning_summary_text.delta":
      say({ type: "delta", id: event.item_id, text: event.delta });
      return;
    case "response.reasoning_summary_part.added":
      if (event.summary_index > 0) say({ type: "delta", id: event.item_id, text: "\n\n" });
      return;
    default:
      return;
  }
}

function read(last: ResponseStreamEvent | null, whole: readonly ResponseOutputItem[]): Answer {
  if (last === null) throw new CutOff("The answer ended in the middle.");
  if (last.type === "error") throw new Error(last.message);
  if (last.type === "response.failed")
    throw new Error(last.response.error?.message || "The provider could not answer, and gave no reason.");
  if (last.type !== "response.completed" && last.type !== "response.incomplete")
    throw new CutOff("The answer ended in the middle.");
  const { usage, incomplete_details } = last.response;
  if (usage) {
    say({
      type: "usage",
      input: usage.input_tokens,
      cached: usage.input_tokens_details?.cached_tokens ?? 0,
      output: usage.output_tokens,
      reasoning: usage.output_tokens_details?.reasoning_tokens ?? 0,
    });
  }
  const parts = whole.flatMap((item) => (item.type === "message" ? item.content : []));
  return {
    tokens: usage?.total_tokens ?? 0,
    items: whole.flatMap(resent),
    wanted: whole.flatMap((item) =>
      item.type === "function_call" && item.status !== "incomplete"
        ? [{ id: item.call_id, name: item.name, args: item.arguments }]
        : [],
    ),
    text: parts.flatMap((part) => (part.type === "output_text" ? [part.text] : [])).join("\n"),
    refusal: parts.flatMap((part) => (part.type === "refusal" ? [part.refusal] : [])).join("\n"),
    incomplete:
      last.type === "response.incomplete" ? (incomplete_details?.reason ?? "no reason was given") : null,
  };
}

/** Without the names the provider would look it up by: it keeps nothing. */
function resent(item: ResponseOutputItem): Items {
  switch (item.type) {
    case "message":
      return [{ role: "assistant", content: item.content.map(partOf) } as unknown as ResponseInputItem];
    case "function_call":
      return item.status === "incomplete"
        ? []
        : [{ type: "function_call", call_id: item.call_id, name: item.name, arguments: item.arguments }];
    case "reasoning": {
      const { summary, encrypted_content } = item;
      if (!encrypted_content) return [];
      return [{ type: "reasoning", summary, encrypted_content } as unknown as ResponseInputItem];
    }
    default:
      return [];
  }
}

type Part = Extract<ResponseOutputItem, { type: "message" }>["content"][number];

const partOf = (part: Part): object =>
  part.type === "refusal"
    ? { type: "refusal", refusal: part.refusal }
    : { type: "output_text", text: part.text, annotations: [] };
