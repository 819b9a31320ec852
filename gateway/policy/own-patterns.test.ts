import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { OutboundAction, OutboundPolicy } from "#lib/model-calls/schema.ts";
import { OwnPatterns } from "#lib/own-patterns/schema.ts";
import { readCall } from "../request/read-call.ts";
import { ALLOW_ALL, admissionFor } from "../testing/memory-ledger.ts";
import { read } from "../testing/requests.ts";
import { MODEL } from "../testing/streams.ts";
import { createOutbound } from "./outbound.ts";
import { createOwnSearches } from "./own-patterns.ts";

const FALCON = "Project-Falcon";
const policy = (own: OutboundAction, ownPatterns: readonly string[] = [FALCON]): OutboundPolicy => ({
  ...ALLOW_ALL,
  own,
  ownPatterns,
});
const admission = (outbound: OutboundPolicy) => ({ ...admissionFor("http://127.0.0.1:1/v1"), outbound });
const bodyOf = (more: object) => ({ model: MODEL, input: [{ role: "user", content: "Hi." }], ...more });
const ask = (more: object, outbound: OutboundPolicy) => read("responses", bodyOf(more), admission(outbound));

describe("a charter's own patterns", () => {
  test("are blocked by the name of the class, without what stands there", async () => {
    const error = await ask({ instructions: `see ${FALCON}` }, policy("block")).catch((one: Error) => one);
    expect(error).toBeInstanceOf(Error);
    expect((error as Error).message).toContain("a pattern of its own in instructions");
    expect((error as Error).message).not.toContain("Falcon");
  });

  test("are masked under a name of their own, and counted as own", async () => {
    const call = await ask({ instructions: `see ${FALCON}, ${FALCON}!` }, policy("mask"));
    expect(JSON.parse(call.body.toString()).instructions).toBe(
      "see [masked: own pattern], [masked: own pattern]!",
    );
    expect(call.masked).toEqual(["own"]);
    expect(JSON.stringify(call.items.map(({ bytes }) => bytes.toString()))).not.toContain("Falcon");
  });

  test("leave where the charter lets them", async () => {
    const call = await ask({ instructions: FALCON }, policy("allow"));
    expect(call.body.toString()).toContain(FALCON);
    expect(call.masked).toEqual([]);
  });

  test("probe: a key or a number is blocked, never masked, also a key of the request's own shape", async () => {
    const cases: readonly (readonly [object, string])[] = [
      [{ metadata: { [FALCON]: "x" } }, FALCON],
      [{ metadata: { n: 123456 } }, "\\d{6}"],
      [{}, "\\bcontent\\b"],
    ];
    for (const [more, pattern] of cases)
      for (const rule of ["block", "mask"] as const)
        await expect(ask(more, policy(rule, [pattern])), pattern).rejects.toThrow("a pattern of its own in");
  });

  test("probe: a text of four characters is searched too", async () => {
    await expect(ask({ instructions: "AB12" }, policy("block", ["AB12"]))).rejects.toThrow("own");
  });

  test("a piece that was looked through is looked through again for other patterns", async () => {
    const outbound = createOutbound();
    const call = (lines: readonly string[]) =>
      readCall({
        ...{ api: "responses", purpose: "generate", outbound },
        admission: admission(policy("block", lines)),
        bytes: Buffer.from(JSON.stringify(bodyOf({ instructions: FALCON }))),
      });
    await expect(call(["Other-Name"])).resolves.toBeDefined();
    await expect(call([FALCON])).rejects.toThrow("own");
    await expect(call(["Other-Name"])).resolves.toBeDefined();
  });
});

describe("a search for own patterns", () => {
  test("is compiled once for the same patterns, and 200 are kept", () => {
    const searches = createOwnSearches();
    const first = searches([FALCON]);
    expect(searches([FALCON])).toBe(first);
    for (let n = 0; n < 200; n++) searches([`name-${n}`]);
    expect(searches([FALCON])).not.toBe(first);
  });

  test("finds what stands across the borders of its windows, and takes no border of a word from them", async () => {
    const search = createOwnSearches()(["\\bab{2,20}c\\b"]);
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 4060, max: 4110 }), fc.boolean(), async (at, isWord) => {
        const text = `${" ".repeat(at)}${isWord ? "x" : "-"}abbbbbbbbbbc ${" ".repeat(5000)}`;
        const places = await search.find(text);
        expect(places).toEqual(isWord ? [] : [{ start: at + 1, end: at + 13, rule: "own pattern" }]);
      }),
    );
  });

  test("probe: fifty patterns that nearly fit everywhere, over a megabyte, end with what is there", async () => {
    const lines = Array.from({ length: 50 }, (_, n) => `a{4,10}${String.fromCodePoint(0x400 + n)}`);
    const text = `${"a".repeat(1024 * 1024)}\u0400`;
    expect(OwnPatterns.safeParse(lines).success).toBe(true);
    const places = await createOwnSearches()(lines).find(text);
    expect(places).toEqual([{ start: text.length - 11, end: text.length, rule: "own pattern" }]);
  });

  test("probe: a line that the schema refuses is not searched with", () => {
    expect(() => createOwnSearches()(["(a+)+bcd"])).toThrow("refuses");
  });
});
