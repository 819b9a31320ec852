// What may be asked of a provider, line by line.
import { describe, expect, test } from "vitest";
import type { Api } from "#lib/model-calls/schema.ts";
import { Problem } from "../http/problem.ts";
import { admissionFor } from "../testing/memory-ledger.ts";
import { CHAT, CLAUDE, CODEX, CODEX_LITE, PNG, PNG_DATA, read } from "../testing/requests.ts";
import { MODEL, REQUESTS } from "../testing/streams.ts";

describe("requests of the agent programs", () => {
  const PASS: readonly (readonly [string, Api, object])[] = [
    ["Codex", "responses", CODEX],
    ["Codex with its tools among the items", "responses", CODEX_LITE],
    ["Claude Code", "messages", CLAUDE],
    ["the openai SDK", "chat", CHAT],
  ];
  test.each(PASS)("of %s go on whole", async (_, api, request) => {
    const { body } = await read(api, request);
    const sent = JSON.parse(body.toString());
    for (const [key, value] of Object.entries(request)) {
      if (key !== "max_tokens") expect(sent[key], key).toEqual(value);
    }
  });

  test("log probabilities may be asked for", async () => {
    const chat = { logprobs: true, top_logprobs: 5 };
    const responses = { top_logprobs: 3, include: ["message.output_text.logprobs"] };
    const sent = async (api: Api, more: object) =>
      JSON.parse((await read(api, { ...REQUESTS[api], ...more })).body.toString());
    expect(await sent("chat", chat)).toMatchObject(chat);
    expect(await sent("responses", responses)).toMatchObject(responses);
  });

  test("unknown fields at the top pass: scalars, and plain structures", async () => {
    const more = { new_knob: 0.5, another: { level: "high", list: [1, 2] }, third: null };
    expect(
      JSON.parse((await read("responses", { ...REQUESTS.responses, ...more })).body.toString()),
    ).toMatchObject(more);
  });
});

const input = (item: unknown) => ({ input: [item] });
const content = (part: unknown) => input({ role: "user", content: [part] });
const tools = (...list: unknown[]) => ({ tools: list });
const messages = (...list: unknown[]) => ({ messages: list });
const said = (part: unknown) => messages({ role: "user", content: [part] });

/** What would make the provider fetch, run or remember something. */
const RESPONSES: readonly (readonly [string, object])[] = [
  ["an image at an address", content({ type: "input_image", image_url: "https://x.example/a.png" })],
  [
    "an image at an address with a space before it",
    content({ type: "input_image", image_url: " https://x.example" }),
  ],
  ["an image by the id of a file", content({ type: "input_image", file_id: "file_1" })],
  ["an image and the id of a file", content({ type: "input_image", image_url: PNG, file_id: "file_1" })],
  ["a data URL that is no image", content({ type: "input_image", image_url: "data:text/html;base64,AAAA" })],
  [
    "text that is called an image",
    content({ type: "input_image", image_url: "data:image/png;base64,c2VjcmV0" }),
  ],
  ["an SVG, which may fetch", content({ type: "input_image", image_url: "data:image/svg+xml;base64,AAAA" })],
  ["a file at an address", content({ type: "input_file", file_url: "https://x.example/a.pdf" })],
  ["a file by its id", content({ type: "input_file", file_id: "file_1" })],
  ["a file inline", content({ type: "input_file", file_data: "data:application/pdf;base64,AAAA" })],
  ["sound", content({ type: "input_audio", input_audio: { data: "AAAA", format: "wav" } })],
  ["an unknown kind of content", content({ type: "input_video", video: "AAAA" })],
  [
    "an address in a field nobody knows",
    content({ type: "input_text", text: "x", source: "https://x.example" }),
  ],
  [
    "an address in an output",
    input({ type: "function_call_output", output: [{ type: "input_image", image_url: "http://x" }] }),
  ],
  ["web search", tools({ type: "web_search" })],
  ["web search of a day", tools({ type: "web_search_2025_08_26" })],
  ["web search preview", tools({ type: "web_search_preview" })],
  ["file search", tools({ type: "file_search", vector_store_ids: ["vs_1"] })],
  ["the code interpreter", tools({ type: "code_interpreter", container: { type: "auto" } })],
  ["a computer", tools({ type: "computer_use_preview" })],
  ["the newer computer", tools({ type: "computer" })],
  ["a remote MCP server", tools({ type: "mcp", server_label: "x", server_url: "https://x.example" })],
  ["a connector", tools({ type: "mcp", server_label: "x", connector_id: "connector_gmail" })],
  ["image generation", tools({ type: "image_generation" })],
  ["programmatic tool calling", tools({ type: "programmatic_tool_calling" })],
  ["a shell at the provider", tools({ type: "shell", environment: { type: "container_auto" } })],
  ["a shell that does not say where", tools({ type: "shell" })],
  [
    "a shell in a container of before",
    tools({ type: "shell", environment: { type: "container_reference", container_id: "c" } }),
  ],
  ["a search for tools by the provider", tools({ type: "tool_search" })],
  [
    "a hosted tool behind a namespace",
    tools({ type: "namespace", name: "n", tools: [{ type: "web_search" }] }),
  ],
  [
    "a hosted tool behind two namespaces",
    tools({ type: "namespace", name: "n", tools: [{ type: "namespace", tools: [] }] }),
  ],
  ["a tool without a type", tools({ name: "x" })],
  ["a hosted tool in additional_tools", input({ type: "additional_tools", tools: [{ type: "web_search" }] })],
  [
    "a hosted tool in a namespace there",
    input({ type: "additional_tools", tools: [{ type: "namespace", tools: [{ type: "mcp" }] }] }),
  ],
  [
    "a hosted tool among those found",
    input({ type: "tool_search_output", execution: "client", tools: [{ type: "mcp" }] }),
  ],
  ["a hosted tool that is chosen", { tool_choice: { type: "web_search_preview" } }],
  [
    "a hosted tool among those that may be chosen",
    { tool_choice: { type: "allowed_tools", tools: [{ type: "mcp" }] } },
  ],
  ["a response of before", { previous_response_id: "resp_1" }],
  ["a conversation", { conversation: "conv_1" }],
  ["a conversation as an object", { conversation: { id: "conv_1" } }],
  ["a prompt kept there", { prompt: { id: "pmpt_1" } }],
  ["work in the background", { background: true }],
  ["a reference to an item", input({ type: "item_reference", id: "msg_1" })],
  ["reasoning that is looked up", input({ type: "reasoning", id: "rs_1", summary: [] })],
  ["a container", { container: "cntr_1" }],
  ["a call of a hosted tool", input({ type: "web_search_call", id: "ws_1", action: { type: "search" } })],
  ["a call of an MCP server", input({ type: "mcp_call", id: "mcp_1" })],
  ["an image made there", input({ type: "image_generation_call", id: "ig_1", result: null })],
  [
    "a screenshot of a computer there",
    input({ type: "computer_call_output", output: { type: "computer_screenshot" } }),
  ],
  ["an unknown kind of item", input({ type: "teleport" })],
  ["an item without type and role", input({ text: "x" })],
  ["a role nobody has", input({ role: "root", content: "x" })],
  ["an id of a file in a field nobody knows", { extra: { deep: [{ file_id: "file_1" }] } }],
  ["an address in a field nobody knows at the top", { callback: "https://x.example/hook" }],
  ["a place of a bucket", { extra: { where: "s3://bucket/key" } }],
  ["a dearer tier", { service_tier: "priority" }],
  ["several models", { models: ["a", "b"] }],
  ["plugins of a router", { plugins: [{ id: "web" }] }],
  ["fields inside of fields", { extra_body: { background: true } }],
];

const CHATS: readonly (readonly [string, object])[] = [
  ["an image at an address", said({ type: "image_url", image_url: { url: "https://x.example/a.png" } })],
  ["an image as a bare address", said({ type: "image_url", image_url: "https://x.example/a.png" })],
  ["a file by its id", said({ type: "file", file: { file_id: "file_1" } })],
  ["a file inline", said({ type: "file", file: { file_data: "data:application/pdf;base64,AAAA" } })],
  ["sound", said({ type: "input_audio", input_audio: { data: "AAAA", format: "wav" } })],
  ["a video at an address", said({ type: "video_url", video_url: { url: "https://x.example" } })],
  ["sound of before", messages({ role: "assistant", audio: { id: "audio_1" } })],
  ["web search", { web_search_options: { search_context_size: "low" } }],
  ["a hosted tool", tools({ type: "web_search" })],
  ["a remote MCP server", tools({ type: "mcp", server_url: "https://x.example" })],
  ["a hosted tool that is chosen", { tool_choice: { type: "web_search" } }],
  ["a spoken answer", { modalities: ["text", "audio"], audio: { voice: "x", format: "wav" } }],
  ["many answers at once", { n: 100 }],
  ["another model if this one fails", { fallbacks: ["gpt-expensive"] }],
  ["a call of a hosted tool", messages({ role: "assistant", tool_calls: [{ id: "x", type: "mcp" }] })],
];

const CLAUDES: readonly (readonly [string, object])[] = [
  ["an image at an address", said({ type: "image", source: { type: "url", url: "https://x.example" } })],
  ["an image by the id of a file", said({ type: "image", source: { type: "file", file_id: "file_1" } })],
  [
    "text that is called an image",
    said({ type: "image", source: { type: "base64", media_type: "image/png", data: "c2VjcmV0" } }),
  ],
  ["a document at an address", said({ type: "document", source: { type: "url", url: "https://x.example" } })],
  [
    "a document inline",
    said({ type: "document", source: { type: "base64", media_type: "application/pdf", data: PNG_DATA } }),
  ],
  [
    "an image at an address in a result",
    said({ type: "tool_result", content: [{ type: "image", source: { type: "url", url: "https://x" } }] }),
  ],
  ["a file put into a container", said({ type: "container_upload", file_id: "file_1" })],
  ["a result of web search", said({ type: "web_search_tool_result", content: [] })],
  ["a search result", said({ type: "search_result", source: "https://x.example", content: [] })],
  ["web search", tools({ type: "web_search_20250305", name: "web_search" })],
  ["web fetch", tools({ type: "web_fetch_20250910", name: "web_fetch" })],
  ["code execution", tools({ type: "code_execution_20250825", name: "code_execution" })],
  ["a computer", tools({ type: "computer_20250124", name: "computer" })],
  ["a tool of an MCP server", tools({ type: "mcp_toolset", mcp_server_name: "x" })],
  ["MCP servers", { mcp_servers: [{ type: "url", url: "https://x.example", name: "x" }] }],
  ["a container", { container: "cntr_1" }],
  ["a container with skills", { container: { skills: [{ type: "anthropic", skill_id: "pptx" }] } }],
  ["a dearer speed", { speed: "fast" }],
  ["a dearer place", { inference_geo: "us" }],
  ["a document in the system prompt", { system: [{ type: "document", source: { type: "text" } }] }],
];

const TABLE = [
  ...RESPONSES.map(([name, more]) => ["responses", name, more] as const),
  ...CHATS.map(([name, more]) => ["chat", name, more] as const),
  ...CLAUDES.map(([name, more]) => ["messages", name, more] as const),
];

describe("probe: what a provider would fetch, run or remember", () => {
  test.each(TABLE)("%s: %s is refused, and the place is named", async (api, _, more) => {
    const refusal: unknown = await read(api, { ...REQUESTS[api], ...more }).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(Problem);
    expect((refusal as Problem).code).toBe("policy_refused");
    expect((refusal as Problem).message).toMatch(/^[a-z_]+[\w.[\]]*: \S/);
  });

  test("is told by what it means, not by how its key is spelled", async () => {
    const spelled = `{"model":"${MODEL}","input":[],"previous_response\\u005fid":"resp_1"}`;
    await expect(read("responses", spelled)).rejects.toThrow("previous_response_id");
  });

  test("storing is turned off whatever was asked", async () => {
    for (const store of [true, false, null]) {
      for (const api of ["responses", "chat"] as const) {
        const { body } = await read(api, { ...REQUESTS[api], store });
        expect(JSON.parse(body.toString()).store).toBe(false);
      }
    }
    await expect(read("responses", { ...REQUESTS.responses, store: "yes" })).rejects.toThrow("store");
  });
});

describe("probe: a name in other letters, which a server that matches without case would take", () => {
  const OTHERS: readonly (readonly [Api, string, object])[] = [
    ["responses", "Model", { Model: "gpt-expensive" }],
    ["responses", "Tools", { Tools: [{ type: "web_search" }] }],
    ["responses", "Previous_Response_Id", { Previous_Response_Id: "resp_1" }],
    ["responses", "Max_Output_Tokens", { Max_Output_Tokens: 1e9 }],
    ["chat", "MAX_TOKENS", { MAX_TOKENS: 1e9 }],
    ["chat", "Stream_Options", { Stream_Options: {} }],
    ["chat", "Store", { Store: true }],
    ["chat", "\u017ftore", { "\u017ftore": true }],
    ["chat", "max_to\u212aens", { "max_to\u212aens": 1e9 }],
    ["responses", "Type", input({ role: "user", content: "x", Type: "item_reference" })],
    ["responses", "Id", input({ type: "reasoning", Id: "rs_1", summary: [] })],
    ["responses", "Image_URL", content({ type: "input_text", text: "x", Image_URL: PNG })],
    ["responses", "Type", tools({ type: "function", name: "f", Type: "mcp" })],
    ["responses", "File_Id", { extra: { deep: [{ File_Id: "file_1" }] } }],
    ["chat", "Url", said({ type: "image_url", image_url: { url: PNG, Url: "x" } })],
    ["messages", "Type", tools({ type: "bash_20250124", name: "bash", Type: "web_search_20250305" })],
    [
      "messages",
      "MEDIA_TYPE",
      said({
        type: "image",
        source: { type: "base64", media_type: "image/png", data: PNG_DATA, MEDIA_TYPE: "image/svg+xml" },
      }),
    ],
  ];
  test.each(OTHERS)("%s: %s is refused with a sentence", async (api, _, more) => {
    await expect(read(api, { ...REQUESTS[api], ...more })).rejects.toThrow(
      /: this field is written [a-z_]+\.$/,
    );
  });

  test("is nobody's business in a schema, in arguments and in metadata", async () => {
    const schema = { type: "object", properties: { URL: { type: "string" }, Type: { type: "string" } } };
    const more = { ...tools({ type: "function", name: "f", parameters: schema }), metadata: { Model: "x" } };
    await expect(read("responses", { ...REQUESTS.responses, ...more })).resolves.toBeDefined();
  });
});

describe("probe: sizes and numbers", () => {
  test("another model is refused, and no model as well", async () => {
    for (const model of ["gpt-expensive", "", null, 5, undefined, [MODEL]])
      await expect(read("chat", { ...REQUESTS.chat, model })).rejects.toThrow(`uses ${MODEL} and no other`);
  });

  test("an output larger than the agent's limit is made as large as that, and one without a limit gets it", async () => {
    const FIELD = {
      responses: "max_output_tokens",
      chat: "max_completion_tokens",
      messages: "max_tokens",
    } as const;
    for (const [api, field] of Object.entries(FIELD) as [Api, string][]) {
      const sent = async (value: unknown) => {
        const { [field]: _, ...request } = REQUESTS[api];
        const call = await read(api, value === undefined ? request : { ...request, [field]: value });
        const body = JSON.parse(call.body.toString());
        expect(call.maxOutputTokens).toBe(Math.min(body.max_tokens ?? 1e9, body[field] ?? 1e9));
        return call.maxOutputTokens;
      };
      expect(await sent(1e15)).toBe(4096);
      expect(await sent(undefined)).toBe(4096);
      expect(await sent(17)).toBe(17);
    }
  });

  test("two limits of one request are both kept", async () => {
    const call = await read("chat", { ...REQUESTS.chat, max_tokens: 1e9, max_completion_tokens: 20 });
    expect(call.maxOutputTokens).toBe(20);
    expect(JSON.parse(call.body.toString())).toMatchObject({ max_tokens: 20, max_completion_tokens: 20 });
  });

  test("probe: a limit said by its newer name alone is said by the name every compatible server knows, too", async () => {
    for (const [said, kept] of [
      [20, 20],
      [1e9, 4096],
    ]) {
      const { max_tokens: _, ...request } = { max_tokens: 0, ...REQUESTS.chat };
      const call = await read("chat", { ...request, max_completion_tokens: said });
      expect(JSON.parse(call.body.toString()).max_tokens).toBe(kept);
      expect(call.maxOutputTokens).toBe(kept);
    }
  });

  test("OpenAI, which refuses two limits, gets the one that was said", async () => {
    const { max_tokens: _, ...request } = { max_tokens: 0, ...REQUESTS.chat };
    for (const field of ["max_tokens", "max_completion_tokens"]) {
      const call = await read(
        "chat",
        { ...request, [field]: 20 },
        admissionFor("http://127.0.0.1:1/v1", "openai"),
      );
      const sent = Object.entries(JSON.parse(call.body.toString())).filter(([key]) => key.startsWith("max_"));
      expect(sent).toEqual([[field, 20]]);
    }
  });

  test("a limit that is no whole number above zero is refused", async () => {
    for (const limit of ["-1", "0", "1.5", '"100"', "1e400", "true", "{}"])
      await expect(
        read("messages", `{"model":"${MODEL}","messages":[],"max_tokens":${limit}}`),
      ).rejects.toThrow("max_tokens");
  });

  test("ten megabytes of prompt are taken, and counted before they are paid", async () => {
    const call = await read("chat", {
      ...REQUESTS.chat,
      messages: [{ role: "user", content: "word ".repeat(2e6) }],
    });
    expect(call.contextTokens).toBeGreaterThan(2e6);
  });

  test("a stream of Chat Completions is asked for its usage", async () => {
    const call = await read("chat", { ...REQUESTS.chat, stream_options: { include_obfuscation: false } });
    const options = { include_obfuscation: false, include_usage: true };
    expect(JSON.parse(call.body.toString()).stream_options).toEqual(options);
  });
});
