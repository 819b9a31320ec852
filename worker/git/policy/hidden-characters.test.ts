import { describe, expect, test } from "vitest";
import { hiddenCharacters, isBinary } from "./hidden-characters.ts";

const found = (before: string | null, after: string) =>
  hiddenCharacters(before === null ? null : Buffer.from(before), Buffer.from(after));

describe("hidden characters", () => {
  test.each([
    ["probe: Trojan Source", "if (a) { /* \u202e } \u2066 if (b) */", { bidi: 2 }],
    ["probe: left-to-right mark", "a\u200eb", { bidi: 1 }],
    ["probe: zero-width space in a name", "pass\u200bword", { invisible: 1 }],
    ["probe: tag characters", `x${String.fromCodePoint(0xe0041, 0xe0042)}`, { invisible: 2 }],
    [
      "probe: supplementary variation selectors",
      `x${String.fromCodePoint(0xe0101).repeat(5)}`,
      { invisible: 5 },
    ],
    ["probe: variation selector after a letter", "a\ufe0f", { invisible: 1 }],
    ["probe: Hangul filler", "const \u3164 = 1", { invisible: 1 }],
    ["probe: Cyrillic o in a Latin word", "c\u043enfig = 1", { mixedWords: 1 }],
    ["probe: byte order mark inside", "a\n\ufeffb", { invisible: 1 }],
  ])("%s is counted", (_, text, counts) => {
    expect(found(null, text)).toMatchObject({ bidi: 0, invisible: 0, mixedWords: 0, ...counts });
  });

  test.each([
    ["plain text", "const a = 1;\n"],
    ["accents and other alphabets", "Ωμέγα привет 日本 naïve\n"],
    ["emoji with selector and joiners", "✔️ 👩‍💻 👍🏽 1️⃣ 🏳️‍🌈\n"],
    ["a byte order mark at the start", "\ufeffusing System;\n"],
  ])("%s hides nothing", (_, text) => {
    expect(found(null, text)).toEqual({ bidi: 0, invisible: 0, mixedWords: 0 });
  });

  test("a line that the base already holds is not counted again", () => {
    expect(found("a\u202eb\nold\n", "new\na\u202eb\n").bidi).toBe(0);
    expect(found("a\u202eb\nold\n", "new\na\u202ebc\n").bidi).toBe(1);
  });

  test("binary content is left alone", () => {
    expect(isBinary(Buffer.from([0x50, 0, 1]))).toBe(true);
    expect(hiddenCharacters(null, Buffer.concat([Buffer.alloc(1), Buffer.from("\u202e")])).bidi).toBe(0);
  });

  test("probe: one line of megabytes is answered", () => {
    expect(found(null, `${"é".repeat(1_000_000)}\u202e`).bidi).toBe(1);
  });
});
