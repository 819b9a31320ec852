import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { bodyWithoutKey, headersWithoutKey } from "./without-key.ts";

const KEY = "sk-proj/4f9c_1b7e+8a2d=";
const without = (text: string, key = KEY) => bodyWithoutKey(Buffer.from(text), key).toString();
const escaped = (char: string) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`;

describe("a provider that repeats the key it was asked with", () => {
  test.each([
    ["as it is", KEY],
    ["as JSON writes it", JSON.stringify(KEY).slice(1, -1)],
    ["with its slash escaped", KEY.replaceAll("/", "\\/")],
    ["with every character escaped", [...KEY].map(escaped).join("")],
    ["escaped in capitals", [...KEY].map(escaped).join("").toUpperCase().replaceAll("\\U", "\\u")],
    ["in a text within a text", [...KEY].map(escaped).join("").replaceAll("\\", "\\\\")],
    ["percent-encoded", encodeURIComponent(KEY)],
  ])("probe: %s tells it nobody", (_, said) => {
    expect(without(`{"error":"Wrong key ${said}, I said ${said}."}`)).toBe(
      '{"error":"Wrong key [key], I said [key]."}',
    );
  });

  test("probe: in any mixture of spellings tells it nobody", () => {
    const spelling = fc.constantFrom(
      (char: string) => char,
      escaped,
      (char: string) => `%${char.charCodeAt(0).toString(16).padStart(2, "0")}`,
    );
    fc.assert(
      fc.property(fc.array(spelling, { minLength: KEY.length, maxLength: KEY.length }), (how) => {
        const said = [...KEY].map((char, at) => how[at]?.(char) ?? char).join("");
        expect(without(`<${said}>`)).toBe("<[key]>");
      }),
    );
  });

  test("in a header has that header left out, and the others passed", () => {
    const headers = {
      "x-request-id": `of-${KEY}`,
      "retry-after": "3",
      "openai-version": encodeURIComponent(KEY),
    };
    expect(headersWithoutKey(headers, KEY)).toEqual({ "retry-after": "3" });
  });

  test("probe: a megabyte that is nearly the key, again and again, takes no time", () => {
    const near = Buffer.from("\\\\\\\\\\\\\\\\u0073".repeat(20_000) + KEY.slice(0, -1).repeat(20_000));
    const began = process.cpuUsage();
    expect(bodyWithoutKey(near, KEY)).toBe(near);
    expect(process.cpuUsage(began).user).toBeLessThan(2_000_000);
  });

  test("all else stays byte for byte", () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        const body = Buffer.from(bytes);
        expect(bodyWithoutKey(body, KEY).equals(body)).toBe(true);
      }),
    );
  });
});
