import fc from "fast-check";
import { expect, test } from "vitest";
import { CHAT, CLAUDE, CODEX } from "../testing/requests.ts";
import { APIS } from "../testing/streams.ts";
import { readJson } from "./json.ts";
import { bodyOf, partsOf, takeApart, withField } from "./pieces.ts";

const item = fc.record({
  role: fc.constantFrom("user", "assistant", "instructions", 5),
  content: fc.string({ unit: "grapheme" }),
});
const request = fc.record(
  {
    model: fc.string(),
    input: fc.oneof(fc.string(), fc.array(item)),
    messages: fc.array(item),
    instructions: fc.string(),
    system: fc.array(item),
    tools: fc.array(item),
    seed: fc.integer(),
  },
  { requiredKeys: ["model"] },
);

test("a request put together from its pieces says the same", () => {
  fc.assert(
    fc.property(request, fc.constantFrom(...APIS), (body, api) => {
      const history = api === "responses" ? "input" : "messages";
      const sent = JSON.parse(
        bodyOf(api, partsOf(api, takeApart(api, readJson(Buffer.from(JSON.stringify(body)))))).toString(),
      );
      expect(sent).toEqual({ [history]: [], ...body });
    }),
  );
});

test("what comes again with every call is a piece of its own, in the bytes it came in", () => {
  const bytes = Buffer.from(JSON.stringify(CODEX, null, 2));
  const { items, head } = partsOf("responses", takeApart("responses", readJson(bytes)));
  expect(items.map(({ role }) => role)).toEqual([
    ...["tools", "developer", "user", "reasoning", "function_call", "function_call_output"],
    ...["function_call_output", "custom_tool_call", "custom_tool_call_output", "assistant"],
  ]);
  for (const piece of items) expect(bytes.includes(piece.bytes)).toBe(true);
  expect(Object.keys(JSON.parse(head.toString()))).not.toContain("tools");
});

test("the system prompt of Messages and the tools are pieces", () => {
  const roles = (api: "messages" | "chat", body: object) =>
    partsOf(api, takeApart(api, readJson(Buffer.from(JSON.stringify(body))))).items.map(({ role }) => role);
  expect(roles("messages", CLAUDE)).toEqual(["instructions", "tools", "user", "system", "assistant", "user"]);
  expect(roles("chat", CHAT)).toEqual(["tools", "system", "user", "assistant", "tool"]);
});

test("a field is replaced where it is, and added where it is not", () => {
  const pieces = takeApart("chat", readJson(Buffer.from('{"store":true,"messages":[]}')));
  for (const key of ["store", "other"]) {
    const { head } = partsOf("chat", withField(pieces, key, false));
    expect(JSON.parse(head.toString())[key]).toBe(false);
  }
});
