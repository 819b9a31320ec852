import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { OutboundClass, OutboundPolicy } from "#lib/model-calls/schema.ts";
import { plantedSecret } from "#lib/testing/planted-secrets.ts";
import { ALLOW_ALL, admissionFor, BLOCK_ALL, MASK_ALL } from "../testing/memory-ledger.ts";
import { CODEX, PNG, read } from "../testing/requests.ts";
import { MODEL } from "../testing/streams.ts";

const TOKEN = `ghp_${"aB3dE6gH9j".repeat(4).slice(0, 36)}`;
const PLANTED: Readonly<Record<OutboundClass, string>> = {
  secret: TOKEN,
  card_number: "4111 1111 1111 1111",
  email: "jo.doe@corp-mail.de",
  iban: "DE89 3704 0044 0532 0130 00",
};
const CLASSES = Object.keys(PLANTED) as OutboundClass[];

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
