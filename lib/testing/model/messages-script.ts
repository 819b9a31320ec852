// A scripted model behind the Messages API: it answers the n-th call with the n-th line of its script, whatever it is asked.
import type { ServerResponse } from "node:http";
import type { ModelAnswer } from "./gateway-stand-in.ts";

export type ScriptedBlock =
  | { readonly say: string }
  | { readonly think: string }
  | { readonly use: string; readonly input: object };

export type ScriptedMessage =
  | { readonly blocks: readonly ScriptedBlock[] }
  /** An answer that is no stream. */
  | { readonly status: number; readonly body: object }
  /** The stream goes silent after these and does not end. */
  | { readonly blocks: readonly ScriptedBlock[]; readonly hang: true }
  /** The stream ends in the middle. */
  | { readonly blocks: readonly ScriptedBlock[]; readonly cut: true };

const USAGE = {
  input_tokens: 600,
  cache_read_input_tokens: 400,
  cache_creation_input_tokens: 0,
  output_tokens: 50,
};

/** What is beyond the script is answered with its last line. */
export function scriptedMessages(script: readonly ScriptedMessage[]): ModelAnswer {
  let step = 0;
  return ({ path }, response) => {
    if (!path.startsWith("/v1/messages")) return void response.writeHead(404).end("{}");
    const message = script[Math.min(step, script.length - 1)];
    step += 1;
    if (message === undefined) throw new Error("The script is empty.");
    if ("status" in message) {
      response.writeHead(message.status, { "content-type": "application/json" });
      return void response.end(JSON.stringify(message.body));
    }
    play(message, `msg_${step}`, response);
  };
}

function play(
  scripted: Exclude<ScriptedMessage, { status: number }>,
  id: string,
  response: ServerResponse,
): void {
  const send = (type: string, body: object) =>
    response.write(`event: ${type}\ndata: ${JSON.stringify({ type, ...body })}\n\n`);
  const message = { id, type: "message", role: "assistant", model: "scripted", content: [] };
  response.writeHead(200, { "content-type": "text/event-stream" });
  send("message_start", {
    message: { ...message, stop_reason: null, stop_sequence: null, usage: { ...USAGE, output_tokens: 1 } },
  });
  for (const [index, block] of scripted.blocks.entries()) sendBlock(block, index, `${id}_${index}`, send);
  if ("cut" in scripted) return void response.destroy();
  if ("hang" in scripted) return;
  const uses = scripted.blocks.some((block) => "use" in block);
  send("message_delta", {
    delta: { stop_reason: uses ? "tool_use" : "end_turn", stop_sequence: null },
    usage: { output_tokens: USAGE.output_tokens },
  });
  send("message_stop", {});
  response.end();
}

function sendBlock(
  block: ScriptedBlock,
  index: number,
  key: string,
  send: (type: string, body: object) => void,
): void {
  if ("use" in block) {
    const content_block = { type: "tool_use", id: `toolu_${key}`, name: block.use, input: {} };
    send("content_block_start", { index, content_block });
    const partial_json = JSON.stringify(block.input);
    send("content_block_delta", { index, delta: { type: "input_json_delta", partial_json } });
  } else if ("think" in block) {
    send("content_block_start", { index, content_block: { type: "thinking", thinking: "", signature: "" } });
    for (const thinking of words(block.think))
      send("content_block_delta", { index, delta: { type: "thinking_delta", thinking } });
    send("content_block_delta", { index, delta: { type: "signature_delta", signature: "SIGNED" } });
  } else {
    send("content_block_start", { index, content_block: { type: "text", text: "" } });
    for (const text of words(block.say))
      send("content_block_delta", { index, delta: { type: "text_delta", text } });
  }
  send("content_block_stop", { index });
}

const words = (text: string): string[] => text.split(/(?<= )/);
