import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { CallView, TracePiece } from "#lib/traces/schema.ts";
import { doubtsOf, flagWords, formatChance, hasMoments, lengthOf, shownAt, speedOf } from "./rules.ts";

const piece = (
  ms: number,
  text: string,
  part = "0",
  channel: TracePiece["channel"] = "answer",
): TracePiece => ({
  ...{ ms, text, part, channel },
});

describe("a trace at a moment", () => {
  test("shows what had come, part by part", () => {
    const pieces = [
      piece(10, "think", "0", "reasoning"),
      piece(20, "Hel", "1"),
      piece(20, "{", "2", "tool"),
      piece(30, "lo", "1"),
    ];
    expect(shownAt(pieces, 5)).toEqual([]);
    expect(shownAt(pieces, 20).map(({ text }) => text)).toEqual(["think", "Hel", "{"]);
    expect(shownAt(pieces, 99).map(({ text }) => text)).toEqual(["think", "Hello", "{"]);
    expect(lengthOf(pieces)).toBe(30);
    expect(lengthOf([])).toBe(0);
  });

  test("at its end every piece is shown, and never one before it came", () => {
    const pieces = fc.array(
      fc.record({
        ms: fc.nat(500),
        text: fc.string(),
        part: fc.constantFrom("a", "b"),
        channel: fc.constantFrom("answer" as const, "tool" as const),
      }),
    );
    fc.assert(
      fc.property(pieces, fc.nat(500), (all, ms) => {
        const count = (parts: readonly { text: string }[]) =>
          parts.reduce((sum, { text }) => sum + text.length, 0);
        expect(count(shownAt(all, lengthOf(all)))).toBe(count(all));
        expect(count(shownAt(all, ms))).toBe(count(all.filter((each) => each.ms <= ms)));
      }),
    );
  });
});

describe("a call's facts", () => {
  const call = {
    openedAt: new Date(1000),
    firstByteAt: new Date(1400),
    firstTokenAt: new Date(1900),
    settledAt: new Date(3400),
    output: 100,
  };

  test("time to the first byte and to the first token, and tokens a second from the first byte", () => {
    expect(speedOf(call as CallView)).toEqual({ firstByte: 400, firstToken: 900, tokensPerSecond: 50 });
    expect(speedOf({ ...call, firstTokenAt: null } as CallView)).toMatchObject({
      ...{ firstByte: 400, firstToken: null },
    });
  });

  test("says no speed where nothing came, nothing was counted, or it came at once", () => {
    expect(speedOf({ ...call, firstByteAt: null } as CallView).firstByte).toBeNull();
    expect(speedOf({ ...call, output: null } as CallView).tokensPerSecond).toBeNull();
    expect(speedOf({ ...call, settledAt: new Date(1401) } as CallView).tokensPerSecond).toBeNull();
  });

  test("a flag nobody wrote a sentence for is still readable", () => {
    expect(flagWords("usage_missing")).toMatch(/did not say/);
    expect(flagWords("something_new")).toBe("something new");
  });
});

describe("tokens a model gave little chance", () => {
  const token = (text: string, chance: number, part = "0"): TracePiece => ({
    ...{ ...piece(1, text, part), logprob: Math.log(chance) },
  });

  test("come least likely first, eight at most, beside what is said in the same part", () => {
    const pieces = [token("one ", 0.9), token("odd", 0.2), token("elsewhere", 0.99, "1"), token(" two", 0.1)];
    expect(doubtsOf(pieces).map(({ before, token: said, after }) => [before, said, after])).toEqual([
      ["one odd", " two", ""],
      ["one ", "odd", " two"],
    ]);
    expect(doubtsOf(Array.from({ length: 20 }, () => token("x", 0.1)))).toHaveLength(8);
  });

  test("are none where no chance was said, where it was good, and where only space was said", () => {
    expect(doubtsOf([piece(1, "a"), token("b", 0.5), token("\n", 0.1)])).toEqual([]);
  });

  test("have a chance that is never shown as none", () => {
    expect([0, 0.0004, 0.0123, 0.4567].map(formatChance)).toEqual(["<0.1 %", "<0.1 %", "1.2 %", "46 %"]);
  });

  test("have moments where they came at more than one", () => {
    expect([hasMoments([]), hasMoments([piece(1, "a"), piece(1, "b")])]).toEqual([false, false]);
    expect(hasMoments([piece(1, "a"), piece(2, "b")])).toBe(true);
  });
});
