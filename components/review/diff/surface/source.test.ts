import { createHash } from "node:crypto";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { PartSource, type SourceFile } from "./source.ts";

const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");
const fileOf = (texts: readonly string[]): SourceFile => ({
  ...{ path: "a.ts", place: 4 },
  parts: texts.map((text) => ({
    ...{
      line: 0,
      lines: 1,
      pairs: 1,
      hunks: 1,
      oldLine: 0,
      newLine: 0,
      length: text.length,
      sha256: sha256(text),
    },
  })),
});
const answers = new Map<string, () => Response>();
const asked: string[] = [];
const real = globalThis.fetch;

beforeEach(() => {
  answers.clear();
  asked.length = 0;
  globalThis.fetch = async (input) => {
    asked.push(String(input));
    const part = new URL(String(input), "http://x").searchParams.get("part") ?? "";
    const answer = answers.get(part);
    if (!answer) throw new TypeError("no network");
    return answer();
  };
});
afterEach(() => {
  globalThis.fetch = real;
});

const settled = (source: PartSource, file: SourceFile, part: number) =>
  vi.waitUntil(() => source.get(file, part).kind !== "coming" && source.get(file, part));

describe("parts of a patch", () => {
  test("are fetched when wanted, once, and told of", async () => {
    const file = fileOf(["one", "two"]);
    answers.set("1", () => new Response("two"));
    const source = new PartSource("/diff?patch=p", { "4:0": "one" }, 1e6);
    const told: string[] = [];
    source.onChange((key) => told.push(key));
    source.want([
      [file, 0],
      [file, 1],
    ]);
    source.want([[file, 1]]);
    expect(await settled(source, file, 1)).toEqual({ kind: "text", text: "two" });
    expect(asked).toEqual([`/diff?patch=p&file=4&part=1&sha256=${sha256("two")}`]);
    expect([source.get(file, 0), told]).toEqual([{ kind: "text", text: "one" }, ["4:1"]]);
  });

  test.each([
    ["another text", () => new Response("owt"), "what came is not what is decided on"],
    [
      "a refusal",
      () => Response.json({ error: { message: "Reload the page." } }, { status: 409 }),
      "Reload the page.",
    ],
    ["an answer of somebody else", () => new Response("<html>", { status: 502 }), "the server said 502"],
  ])("probe: %s is not shown, and it is said", async (_, answer, words) => {
    const file = fileOf(["two"]);
    answers.set("0", answer);
    const source = new PartSource("/diff?patch=p", {}, 1e6);
    source.want([[file, 0]]);
    expect(await settled(source, file, 0)).toMatchObject({
      kind: "failed",
      why: expect.stringContaining(words),
    });
    expect(source.failures()).toMatchObject({ count: 1, why: expect.stringContaining(words) });
  });

  test("a part that could not be had can be asked for again", async () => {
    const file = fileOf(["two"]);
    const source = new PartSource("/diff?patch=p", {}, 1e6);
    source.want([[file, 0]]);
    expect(await settled(source, file, 0)).toMatchObject({
      why: expect.stringContaining("cannot be reached"),
    });
    answers.set("0", () => new Response("two"));
    source.retry();
    source.want([[file, 0]]);
    expect(await settled(source, file, 0)).toEqual({ kind: "text", text: "two" });
    expect(source.failures()).toEqual({ count: 0, why: null });
  });

  test("only as much is held as there is room for, and what is in sight is kept", async () => {
    const texts = ["a".repeat(60), "b".repeat(60), "c".repeat(60)];
    const file = fileOf(texts);
    for (const [at, text] of texts.entries()) answers.set(String(at), () => new Response(text));
    const source = new PartSource("/diff?patch=p", {}, 130);
    for (const part of [0, 1, 2]) {
      source.want([[file, part]]);
      await settled(source, file, part);
    }
    expect([0, 1, 2].map((part) => source.get(file, part).kind)).toEqual(["coming", "text", "text"]);
  });
});
