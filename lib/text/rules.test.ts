import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { hiddenCount, shortenMiddle, visibleParts, visibleText } from "./rules.ts";

const HOSTILE = [
  "\u202E",
  "\u2066",
  "\u2069",
  "\u200B",
  "\u200D",
  "\uFEFF",
  "\u00AD",
  "\u061C",
  "\u2028",
  "\u3164",
  "\u034F",
  "\u{E0041}",
  "\u{E0100}",
  "\uFE0F",
  "\x1B",
  "\x9B",
  "\x07",
  "\0",
  "\x7F",
  "\r",
  "\uD800",
  "\uDC00",
];
const hostileText = fc
  .array(
    fc.oneof(
      fc.constantFrom(...HOSTILE),
      fc.string({ unit: "grapheme" }),
      fc.constantFrom("a", "\n", "\t", " "),
    ),
  )
  .map((pieces) => pieces.join(""));

const INVISIBLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]|\u034F|\u3164/u;

describe("text from outside", () => {
  test("plain text comes back as it is, in one part", () => {
    expect(visibleParts("const a = 1;\n\tdone ✓ ÅÖ 日本")).toEqual([
      { kind: "text", at: 0, text: "const a = 1;\n\tdone ✓ ÅÖ 日本" },
    ]);
  });

  test("empty text has no parts", () => {
    expect(visibleParts("")).toEqual([]);
  });

  test("probe: a right-to-left override is shown by its code point", () => {
    expect(visibleText('echo "ok" # \u202Etset/gnitsop')).toBe('echo "ok" # ‹U+202E›tset/gnitsop');
  });

  test("probe: a title-setting and a clipboard escape stay visible and do nothing", () => {
    expect(visibleText("\x1B]52;c;aGk=\x07 \x1B[2J")).toBe("‹ESC›]52;c;aGk=‹BEL› ‹ESC›[2J");
  });

  test("probe: an eight-bit control sequence introducer is shown", () => {
    expect(visibleText("\x9B31m")).toBe("‹U+009B›31m");
  });

  test("colours of a test runner are dropped from a block and shown in a name", () => {
    expect(visibleText("\x1B[31mFAIL\x1B[0m a.test.ts")).toBe("FAIL a.test.ts");
    expect(visibleText("\x1B[31mFAIL", "line")).toBe("‹ESC›[31mFAIL");
  });

  test("probe: line breaks and tabs in a file name are shown", () => {
    expect(visibleText("src/a\n b\t.ts", "line")).toBe("src/a‹LF› b‹TAB›.ts");
  });

  test("code keeps its lines and tabs and shows everything else, colours and returns too", () => {
    expect(visibleText("a\tb\r\nc \x1B[31m", "code")).toBe("a\tb‹CR›\nc ‹ESC›[31m");
  });

  test("a Windows line end is a line break, a bare return is shown", () => {
    expect(visibleText("one\r\ntwo\rthree")).toBe("one\ntwo‹CR›three");
  });

  test("probe: text smuggled in tag characters is counted", () => {
    const smuggled = [..."hidden"].map((c) => String.fromCodePoint(0xe0000 + c.charCodeAt(0))).join("");
    expect(hiddenCount(`ok${smuggled}`)).toBe(6);
  });

  test("equal hidden characters in a row become one mark with their number", () => {
    expect(visibleText(`a${"\u200B".repeat(500)}b`)).toBe("a‹U+200B ×500›b");
    expect(hiddenCount(`a${"\u{E0100}".repeat(3)}b`)).toBe(3);
  });

  test("an emoji keeps its presentation selector, another letter does not", () => {
    expect(visibleText("✔\uFE0F")).toBe("✔\uFE0F");
    expect(visibleText("a\uFE0F")).toBe("a‹U+FE0F›");
  });

  test("probe: a lone surrogate is shown, a pair is a character", () => {
    expect(visibleText("x\uD800y 😀")).toBe("x‹U+D800›y 😀");
  });

  test("nothing invisible is left, whatever comes in", () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        for (const part of visibleParts(text, "line")) {
          if (part.kind === "text") expect(part.text).not.toMatch(INVISIBLE);
        }
        expect(visibleText(text, "block").replaceAll(/[\n\t]/g, "")).not.toMatch(INVISIBLE);
      }),
    );
  });

  test("showing twice is showing once", () => {
    fc.assert(
      fc.property(hostileText, (text) => void expect(visibleText(visibleText(text))).toBe(visibleText(text))),
    );
  });

  test("text without anything hidden is never changed", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        fc.pre(!/[\p{Cc}\p{Cf}\p{Cs}]/u.test(text));
        expect(visibleText(text, "line")).toBe(text);
        expect(hiddenCount(text)).toBe(0);
      }),
    );
  });
});

describe("long names", () => {
  test("a short name stays", () => {
    expect(shortenMiddle("rounding.ts", 20)).toBe("rounding.ts");
  });

  test("the suffix survives", () => {
    expect(shortenMiddle("allocate-legs.conserves-every-minor-unit.property.test.ts", 24)).toBe(
      "allocate-le…erty.test.ts",
    );
  });

  test("the result is never longer than asked", () => {
    fc.assert(
      fc.property(fc.string(), fc.integer({ min: 4, max: 60 }), (name, max) => {
        expect([...shortenMiddle(name, max)].length).toBeLessThanOrEqual(max);
      }),
    );
  });
});
