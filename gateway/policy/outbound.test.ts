import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Api, OutboundClass, OutboundPolicy } from "#lib/model-calls/schema.ts";
import { plantedSecret } from "#lib/testing/planted-secrets.ts";
import { readCall } from "../request/read-call.ts";
import { ALLOW_ALL, admissionFor, BLOCK_ALL, MASK_ALL } from "../testing/memory-ledger.ts";
import { CODEX, PNG, PNG_DATA, read } from "../testing/requests.ts";
import { MODEL, REQUESTS } from "../testing/streams.ts";
import { createOutbound, OutboundRefused } from "./outbound.ts";

const TOKEN = `ghp_${"aB3dE6gH9j".repeat(4).slice(0, 36)}`;
const PLANTED: Readonly<Record<Exclude<OutboundClass, "own">, string>> = {
  secret: TOKEN,
  card_number: "4111 1111 1111 1111",
  email: "jo.doe@corp-mail.de",
  iban: "DE89 3704 0044 0532 0130 00",
};
const CLASSES = Object.keys(PLANTED) as Exclude<OutboundClass, "own">[];

const admission = (outbound: OutboundPolicy) => ({ ...admissionFor("http://127.0.0.1:1/v1"), outbound });
const ask = (outbound: OutboundPolicy, text: string) =>
  read(
    "responses",
    {
      model: MODEL,
      input: [
        { role: "user", content: "Hi." },
        { role: "user", content: text },
      ],
    },
    admission(outbound),
  );
const sentText = ({ body }: { body: Buffer }) => JSON.parse(body.toString()).input[1].content;

describe("what a charter blocks", () => {
  test("is told apart from what nobody may ask for: the record says which it was", async () => {
    await expect(ask(BLOCK_ALL, TOKEN)).rejects.toBeInstanceOf(OutboundRefused);
  });

  test.each(CLASSES)("%s: nothing is sent, and the place is named without what stands there", async (of) => {
    const refusal = await ask(BLOCK_ALL, `see ${PLANTED[of]} there`).catch((error: Error) => error);
    expect(refusal).toBeInstanceOf(Error);
    const { message } = refusal as Error;
    expect(message).toContain("input[1].content");
    expect(message).not.toContain(PLANTED[of].slice(0, 8));
  });

  test.each(CLASSES)("%s alone lets the other classes pass", async (of) => {
    for (const other of CLASSES.filter((name) => name !== of))
      await expect(ask({ ...ALLOW_ALL, [of]: "block" }, `x ${PLANTED[other]} y`)).resolves.toBeDefined();
    await expect(ask({ ...ALLOW_ALL, [of]: "block" }, `x ${PLANTED[of]} y`)).rejects.toThrow(
      "does not let this leave",
    );
  });

  test("probe: wherever it stands: arguments, outputs, tools, the prompt, unknown fields, keys", async () => {
    const places: object[] = [
      { input: [{ type: "function_call", name: "f", arguments: JSON.stringify({ key: TOKEN }) }] },
      { input: [{ type: "function_call_output", output: `$ env\nGITHUB_TOKEN=${TOKEN}\n` }] },
      { input: [{ type: "shell_call_output", output: [{ stdout: TOKEN }] }] },
      { tools: [{ type: "function", name: "f", parameters: { default: TOKEN } }] },
      { instructions: `Use ${TOKEN}` },
      { metadata: { deep: TOKEN } },
      { metadata: { [TOKEN]: "x" } },
      { user: TOKEN },
      { new_field: { list: [TOKEN] } },
    ];
    for (const place of places) {
      const body = { model: MODEL, input: [], ...place };
      await expect(read("responses", body, admission(BLOCK_ALL)), JSON.stringify(place)).rejects.toThrow(
        "a secret in",
      );
    }
  });

  test("probe: a key is never masked, since that would change what is said: it is blocked", async () => {
    const body = { model: MODEL, input: [], metadata: { [TOKEN]: "x" } };
    await expect(read("responses", body, admission(MASK_ALL))).rejects.toThrow("a secret in");
  });
});

describe("what a charter masks", () => {
  test("any secret that is planted leaves as a label, in the trace too, and the rest as it was", async () => {
    await fc.assert(
      fc.asyncProperty(plantedSecret, async ({ secret, text }) => {
        const call = await ask(MASK_ALL, text);
        for (const part of secret.split("\n").filter(({ length }) => length >= 16)) {
          expect(sentText(call)).not.toContain(part.slice(0, 16));
          expect(JSON.stringify(call.items.map(({ bytes }) => bytes.toString()))).not.toContain(
            part.slice(0, 16),
          );
        }
        expect(call.masked).toContain("secret");
      }),
      { numRuns: 40 },
    );
  });

  test.each(CLASSES)("%s is one label, and nothing around it changes", async (of) => {
    const call = await ask({ ...ALLOW_ALL, [of]: "mask" }, `before ${PLANTED[of]} after`);
    expect(sentText(call)).toMatch(/^before \[secret: [a-z- ]+\] after$/);
    expect(call.masked).toEqual([of]);
  });

  test("a request in which nothing is found goes on byte by byte", async () => {
    const [masked, allowed] = [
      await read("responses", CODEX, admission(MASK_ALL)),
      await read("responses", CODEX),
    ];
    expect(masked.body.equals(allowed.body)).toBe(true);
  });

  test("the same piece is read again under another policy as the first time", async () => {
    for (const policy of [ALLOW_ALL, MASK_ALL, ALLOW_ALL])
      expect(sentText(await ask(policy, TOKEN)) === TOKEN).toBe(policy === ALLOW_ALL);
    await expect(ask(BLOCK_ALL, TOKEN)).rejects.toThrow("a secret");
  });
});

test("the bytes of an image are not read as text, and count as an image", async () => {
  const image = `${PNG.replaceAll("=", "A")}${"ghpa".repeat(3000)}`;
  const body = {
    model: MODEL,
    input: [{ role: "user", content: [{ type: "input_image", image_url: image }] }],
  };
  const call = await read("responses", body, admission(BLOCK_ALL));
  expect(call.contextTokens).toBeGreaterThan(12_000);
  expect(call.contextTokens).toBeLessThan(12_200);
});

describe("probe: what looks like an image, but is none of a message's contents,", () => {
  const secret = `data:image/png;base64,${TOKEN}`;
  const source = { type: "base64", media_type: "image/png", data: TOKEN };
  const toolUse = (use: object) => ({
    messages: [{ role: "assistant", content: [{ type: "tool_use", id: "t", name: "f", input: use }] }],
  });
  const PLACES: readonly (readonly [string, Api, object])[] = [
    ["a URL in arguments", "messages", toolUse({ url: secret })],
    ["a source in arguments", "messages", toolUse(source)],
    ["an image in a schema", "responses", { tools: [{ type: "function", name: "f", parameters: source }] }],
    ["a URL in metadata", "responses", { metadata: { image_url: secret } }],
    ["a URL in a list", "responses", { metadata: { url: [secret] } }],
    ["an output of a shell", "responses", { input: [{ type: "shell_call_output", output: [source] }] }],
  ];
  test.each(PLACES)("%s is searched", async (_, api, more) => {
    const body = { ...REQUESTS[api], ...more };
    await expect(read(api, body, admission(BLOCK_ALL))).rejects.toThrow("a secret in");
    const call = await read(api, body, admission(MASK_ALL));
    expect(call.body.toString()).not.toContain(TOKEN);
  });

  test("is counted by its bytes", async () => {
    const data = "word ".repeat(100_000);
    for (const metadata of [{ url: `data:image/png;base64,${data}` }, { ...source, data }])
      expect((await read("responses", { ...REQUESTS.responses, metadata })).contextTokens).toBeGreaterThan(
        250_000,
      );
  });

  test("is searched also where the same bytes were an image before", async () => {
    const outbound = createOutbound();
    const image = `${PNG.replaceAll("=", "A")}/${TOKEN.replace("_", "/")}`;
    const part = { type: "input_image", image_url: image };
    const item = { role: "user", content: [part] };
    const call = (body: object) =>
      readCall({
        ...{ api: "responses", purpose: "generate", admission: admission(ALLOW_ALL), outbound },
        bytes: Buffer.from(JSON.stringify({ model: MODEL, input: [], ...body })),
      });
    const [asImage, asText] = [await call({ input: [item] }), await call({ metadata: item })];
    expect(asImage.contextTokens).toBeGreaterThan(12_000);
    expect(asText.contextTokens).toBeLessThan(1000);
  });
});

test("an image is an image in the contents of each API", async () => {
  const said = (part: object) => ({ messages: [{ role: "user", content: [part] }] });
  const image = { type: "image", source: { type: "base64", media_type: "image/png", data: PNG_DATA } };
  const result = { type: "tool_result", tool_use_id: "t", content: [image] };
  const output = [{ type: "input_image", image_url: PNG }];
  const bodies: readonly (readonly [Api, object])[] = [
    ["messages", said(image)],
    ["messages", said(result)],
    ["chat", said({ type: "image_url", image_url: { url: PNG } })],
    ["responses", { input: [{ type: "function_call_output", call_id: "c", output }] }],
  ];
  for (const [api, more] of bodies)
    expect((await read(api, { ...REQUESTS[api], ...more })).contextTokens).toBeGreaterThan(12_000);
});

test("probe: a card number that is written as a number is found, and never masked", async () => {
  for (const more of [{ metadata: { card: 4111111111111111 } }, { seed: 4111111111111111 }]) {
    const body = { model: MODEL, input: [], ...more };
    for (const policy of [BLOCK_ALL, MASK_ALL])
      await expect(read("responses", body, admission(policy))).rejects.toThrow("a card number in");
    await expect(read("responses", body, admission(ALLOW_ALL))).resolves.toBeDefined();
  }
});

test("probe: a text beside a number is masked in its own place", async () => {
  const metadata = { at: 1234567, note: TOKEN, size: 7654321 };
  const call = await read("responses", { model: MODEL, input: [], metadata }, admission(MASK_ALL));
  const sent = JSON.parse(call.body.toString()).metadata;
  expect(sent).toMatchObject({ at: 1234567, size: 7654321 });
  expect(sent.note).toMatch(/^\[secret: [a-z- ]+\]$/);
});
