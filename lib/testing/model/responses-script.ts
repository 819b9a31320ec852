// A scripted model behind the Responses API: it answers the n-th call with the n-th line of its script, whatever it is asked.
import type { ServerResponse } from "node:http";
import type { ModelAnswer } from "./gateway-stand-in.ts";

export type ScriptedItem =
  | { readonly say: string }
  /** The beginning of a message whose end never comes. */
  | { readonly saying: string }
  | { readonly think: string }
  | { readonly call: string; readonly args: object }
  /** A tool that takes text: Codex's apply_patch. */
  | { readonly tool: string; readonly input: string }
  | { readonly refuse: string };

export type ScriptedTurn =
  | { readonly items: readonly ScriptedItem[]; readonly incomplete?: string; readonly tokens?: number }
  /** An answer that is no stream. */
  | { readonly status: number; readonly body: object }
  | {
      readonly items: readonly ScriptedItem[];
      readonly failed: { readonly code: string; readonly message: string };
    }
  /** The stream goes silent after these and does not end. */
  | { readonly items: readonly ScriptedItem[]; readonly hang: true }
  /** The stream ends in the middle. */
  | { readonly items: readonly ScriptedItem[]; readonly cut: true };

const USAGE = {
  input_tokens: 1000,
  input_tokens_details: { cached_tokens: 400 },
  output_tokens: 50,
  output_tokens_details: { reasoning_tokens: 10 },
  total_tokens: 1050,
};

const usageOf = (total?: number) =>
  total === undefined ? USAGE : { ...USAGE, input_tokens: total - USAGE.output_tokens, total_tokens: total };

/** What is beyond the script is answered with its last line. */
export function scriptedModel(script: readonly ScriptedTurn[]): ModelAnswer {
  let step = 0;
  return ({ path }, response) => {
    if (path !== "/v1/responses") return void response.writeHead(404).end("{}");
    const turn = script[Math.min(step, script.length - 1)];
    step += 1;
    if (turn === undefined) throw new Error("The script is empty.");
    if ("status" in turn) {
      response.writeHead(turn.status, { "content-type": "application/json" });
      return void response.end(JSON.stringify(turn.body));
    }
    play(turn, `resp_${step}`, response);
  };
}

function play(turn: Exclude<ScriptedTurn, { status: number }>, id: string, response: ServerResponse): void {
  let sequence = 0;
  const send = (type: string, body: object) =>
    response.write(
      `event: ${type}\ndata: ${JSON.stringify({ type, sequence_number: sequence++, ...body })}\n\n`,
    );
  const base = {
    id,
    object: "response",
    created_at: 1,
    model: "scripted",
    output: [],
    status: "in_progress",
  };
  response.writeHead(200, { "content-type": "text/event-stream" });
  send("response.created", { response: base });
  const output = turn.items.map((item, index) => sendItem(item, index, `${id}_${index}`, send));
  if ("cut" in turn) return void response.write("\n", () => response.destroy());
  if ("hang" in turn) return;
  if ("failed" in turn)
    send("response.failed", { response: { ...base, status: "failed", error: turn.failed } });
  else if (turn.incomplete !== undefined) {
    const details = { incomplete_details: { reason: turn.incomplete }, usage: USAGE };
    send("response.incomplete", { response: { ...base, status: "incomplete", output, ...details } });
  } else {
    const usage = usageOf(turn.tokens);
    send("response.completed", { response: { ...base, status: "completed", output, usage } });
  }
  response.end();
}

type Send = (type: string, body: object) => void;

function sendItem(scripted: ScriptedItem, output_index: number, key: string, send: Send): object {
  if ("think" in scripted) {
    const item = { id: `rs_${key}`, type: "reasoning", summary: [], encrypted_content: "ENCRYPTED" };
    send("response.output_item.added", { output_index, item });
    for (const delta of words(scripted.think))
      send("response.reasoning_summary_text.delta", {
        item_id: item.id,
        output_index,
        summary_index: 0,
        delta,
      });
    const done = { ...item, summary: [{ type: "summary_text", text: scripted.think }] };
    send("response.output_item.done", { output_index, item: done });
    return done;
  }
  if ("tool" in scripted) {
    const { tool: name, input } = scripted;
    const item = { id: `ctc_${key}`, type: "custom_tool_call", call_id: `call_${key}`, name };
    send("response.output_item.added", { output_index, item: { ...item, input: "", status: "in_progress" } });
    send("response.custom_tool_call_input.delta", { item_id: item.id, output_index, delta: input });
    const done = { ...item, input, status: "completed" };
    send("response.output_item.done", { output_index, item: done });
    return done;
  }
  if ("call" in scripted) {
    const text = JSON.stringify(scripted.args);
    const item = { id: `fc_${key}`, type: "function_call", call_id: `call_${key}`, name: scripted.call };
    send("response.output_item.added", {
      output_index,
      item: { ...item, arguments: "", status: "in_progress" },
    });
    send("response.function_call_arguments.delta", { item_id: item.id, output_index, delta: text });
    const done = { ...item, arguments: text, status: "completed" };
    send("response.output_item.done", { output_index, item: done });
    return done;
  }
  const isRefusal = "refuse" in scripted;
  const isOpen = "saying" in scripted;
  const text = isRefusal ? scripted.refuse : isOpen ? scripted.saying : scripted.say;
  const item = { id: `msg_${key}`, type: "message", role: "assistant", status: "in_progress", content: [] };
  send("response.output_item.added", { output_index, item });
  const kind = isRefusal ? "response.refusal.delta" : "response.output_text.delta";
  for (const delta of words(text)) send(kind, { item_id: item.id, output_index, content_index: 0, delta });
  const part = isRefusal
    ? { type: "refusal", refusal: text }
    : { type: "output_text", text, annotations: [], logprobs: [] };
  const done = { ...item, status: "completed", content: [part] };
  if (isOpen) return done;
  send("response.output_item.done", { output_index, item: done });
  return done;
}

const words = (text: string): string[] => text.split(/(?<= )/);
