// Requests as the agent programs write them (measured on Codex 0.169 and Claude Code 2.1), and the readings of one.
import type { Admission, Api } from "#lib/model-calls/schema.ts";
import { createOutbound } from "../policy/outbound.ts";
import { type ReadCall, readCall } from "../request/read-call.ts";
import { admissionFor } from "./memory-ledger.ts";
import { MODEL } from "./streams.ts";

export const PNG = `data:image/png;base64,${Buffer.from("89504e470d0a1a0a0000000d49484452", "hex").toString("base64")}`;
export const PNG_DATA = PNG.slice(PNG.indexOf(",") + 1);

const schema = {
  $schema: "https://json-schema.org/draft/2020-12/schema",
  type: "object",
  properties: { url: { type: "string", format: "uri", description: "https://…" } },
};

const execCommand = {
  type: "function",
  name: "exec_command",
  description: "Runs it.",
  strict: false,
  parameters: schema,
};
const applyPatch = {
  type: "custom",
  name: "apply_patch",
  description: "…",
  format: { type: "grammar", syntax: "lark", definition: "start: x" },
};

export const CODEX = {
  model: MODEL,
  stream: true,
  input: [
    { type: "message", role: "developer", content: [{ type: "input_text", text: "You are…" }] },
    { type: "message", role: "user", content: [{ type: "input_text", text: "See https://example.org/a?b" }] },
    { type: "reasoning", summary: [{ type: "summary_text", text: "Think." }], encrypted_content: "gAAAA" },
    {
      type: "function_call",
      name: "exec_command",
      arguments: '{"cmd":"curl https://x.example"}',
      call_id: "call_1",
    },
    { type: "function_call_output", call_id: "call_1", output: "http://localhost:3000 is up" },
    { type: "function_call_output", call_id: "call_2", output: [{ type: "input_image", image_url: PNG }] },
    {
      type: "custom_tool_call",
      name: "apply_patch",
      input: "*** Begin Patch",
      call_id: "call_3",
      status: "completed",
    },
    { type: "custom_tool_call_output", call_id: "call_3", output: "Done" },
    { type: "message", role: "assistant", content: [{ type: "output_text", text: "Done." }], phase: "final" },
  ],
  tools: [execCommand, applyPatch],
  tool_choice: "auto",
  parallel_tool_calls: false,
  reasoning: { effort: "medium", summary: "auto" },
  store: false,
  include: ["reasoning.encrypted_content"],
  prompt_cache_key: "01a2",
  text: { verbosity: "low", format: { type: "json_schema", name: "x", schema } },
  client_metadata: { "x-codex-installation-id": "abc" },
};

export const CODEX_LITE = {
  model: MODEL,
  stream: true,
  input: [
    {
      ...{ type: "additional_tools", role: "developer" },
      tools: [
        { type: "namespace", name: "functions", description: "…", tools: [execCommand, applyPatch] },
        execCommand,
      ],
    },
    { type: "message", role: "user", content: "Go." },
  ],
};

export const CLAUDE = {
  model: MODEL,
  max_tokens: 32_000,
  stream: true,
  system: [{ type: "text", text: "You are…", cache_control: { type: "ephemeral" } }],
  messages: [
    { role: "user", content: [{ type: "text", text: "Look at https://example.org" }] },
    { role: "system", content: "Remember." },
    {
      role: "assistant",
      content: [
        { type: "thinking", thinking: "Hm.", signature: "SIG" },
        {
          type: "tool_use",
          id: "toolu_1",
          name: "WebFetch",
          input: { url: "https://example.org", file_id: "x" },
        },
      ],
    },
    {
      role: "user",
      content: [
        {
          type: "tool_result",
          tool_use_id: "toolu_1",
          content: [{ type: "text", text: "ok" }],
          is_error: false,
        },
        { type: "image", source: { type: "base64", media_type: "image/png", data: PNG_DATA } },
      ],
    },
  ],
  tools: [
    { name: "Bash", description: "…", input_schema: schema },
    { type: "bash_20250124", name: "bash" },
  ],
  metadata: { user_id: '{"session_id":"s"}' },
  thinking: { type: "adaptive" },
  context_management: { edits: [{ type: "clear_thinking_20251015", keep: "all" }] },
  output_config: { effort: "high" },
};

export const CHAT = {
  model: MODEL,
  messages: [
    { role: "system", content: "You are…" },
    {
      role: "user",
      content: [
        { type: "text", text: "x" },
        { type: "image_url", image_url: { url: PNG, detail: "low" } },
      ],
    },
    {
      ...{ role: "assistant", content: null },
      tool_calls: [
        { id: "call_1", type: "function", function: { name: "f", arguments: '{"url":"https://x"}' } },
      ],
    },
    { role: "tool", tool_call_id: "call_1", content: "https://x says no" },
  ],
  tools: [{ type: "function", function: { name: "f", description: "…", parameters: schema } }],
  temperature: 0.2,
  seed: 18446744073709551615n.toString(),
  response_format: { type: "json_schema", json_schema: { name: "x", schema } },
};

export const read = (
  api: Api,
  body: unknown,
  admission: Admission = admissionFor("http://127.0.0.1:1/v1"),
): Promise<ReadCall> =>
  readCall({
    ...{ api, purpose: "generate", admission },
    bytes: Buffer.isBuffer(body) ? body : Buffer.from(typeof body === "string" ? body : JSON.stringify(body)),
    outbound: createOutbound(),
  });
