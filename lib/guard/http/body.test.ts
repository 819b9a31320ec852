import { createHash, randomBytes } from "node:crypto";
import { describe, expect, test } from "vitest";
import { capped, parseJson, readBody, verified } from "./body.ts";

function streamOf(...chunks: (string | Uint8Array)[]): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(typeof chunk === "string" ? Buffer.from(chunk) : chunk);
      controller.close();
    },
  });
}

const sha256 = (bytes: Uint8Array | string) => createHash("sha256").update(bytes).digest("hex");

describe("a body", () => {
  test("is read whole up to the limit", async () => {
    expect((await readBody(streamOf("abc", "de"), 5)).toString()).toBe("abcde");
    expect(await readBody(null, 5)).toHaveLength(0);
  });

  test("probe: one byte over the limit is refused, whatever was declared", async () => {
    await expect(readBody(streamOf("abc", "def"), 5)).rejects.toMatchObject({ code: "too_large" });
  });

  test("probe: an endless body is read no further than the limit", async () => {
    let pulled = 0;
    const endless = new ReadableStream<Uint8Array>({
      pull(controller) {
        pulled++;
        controller.enqueue(new Uint8Array(1000));
      },
    });
    await expect(readBody(capped(endless, 10_000), 10_000)).rejects.toMatchObject({ code: "too_large" });
    expect(pulled).toBeLessThan(20);
  });
});

describe("an announced upload", () => {
  const bytes = randomBytes(200_000);
  const announced = { maxBytes: 1_000_000, length: bytes.length, sha256: sha256(bytes) };

  test("arrives as it was sent", async () => {
    const parts = [bytes.subarray(0, 70_000), bytes.subarray(70_000)];
    expect((await readBody(verified(streamOf(...parts), announced), 1_000_000)).equals(bytes)).toBe(true);
  });

  test.each([
    ["cut short", bytes.subarray(1), "199999 bytes; 200000 were announced"],
    ["with a tail", Buffer.concat([bytes, Buffer.from("x")]), "200001 bytes; 200000 were announced"],
    ["altered", Buffer.concat([Buffer.from([(bytes[0] ?? 0) ^ 1]), bytes.subarray(1)]), "another SHA-256"],
  ])("probe: %s fails at its end", async (_, sent, sentence) => {
    await expect(readBody(verified(streamOf(sent), announced), 1_000_000)).rejects.toThrow(sentence);
  });

  test("probe: without a declared length the hash still decides", async () => {
    const open = { ...announced, length: null };
    await expect(readBody(verified(streamOf(bytes.subarray(1)), open), 1_000_000)).rejects.toThrow("SHA-256");
  });
});

describe("JSON out of a body", () => {
  test("is what was sent", () => {
    expect(parseJson(Buffer.from('{"a":[1,"ü"]}'))).toEqual({ a: [1, "ü"] });
  });

  test.each([
    ["nothing", ""],
    ["half an object", '{"a":'],
    ["bytes that are no UTF-8", Buffer.from([0x22, 0xff, 0xfe, 0x22])],
    ["a million brackets", "[".repeat(1_000_000)],
    ["NaN", "NaN"],
  ])("probe: %s is refused as no JSON", (_, text) => {
    expect(() => parseJson(Buffer.from(text))).toThrow("The body is not JSON");
  });

  test("probe: a key named __proto__ changes nothing but itself", () => {
    const parsed = parseJson(Buffer.from('{"__proto__":{"admin":true}}')) as Record<string, unknown>;
    expect(parsed.admin).toBeUndefined();
    expect(({} as Record<string, unknown>).admin).toBeUndefined();
  });
});
