import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { bisect, type SearchResult, type Verdict } from "./bisect.ts";

/** Searches a history written newest first: b bad, g good, ? cannot be tested. `known` are indexes known before. */
async function search(history: string, known: readonly number[] = []) {
  const verdicts: Record<string, Verdict> = { b: "bad", g: "good", "?": "unknown" };
  const at = (index: number) => verdicts[history[index] ?? ""] ?? "unknown";
  const asked: number[] = [];
  const result = await bisect({
    length: history.length,
    probe: async (index) => {
      asked.push(index);
      return at(index);
    },
    known: (index) => (known.includes(index) ? at(index) : undefined),
  });
  return { result, asked };
}

describe("a history that was good and became bad", () => {
  test("ends at the commit that broke it", async () => {
    expect((await search("bbbbbgggggggggg")).result).toMatchObject({ kind: "found", index: 4 });
  });

  test("the newest commit may be the culprit", async () => {
    const { result, asked } = await search("bg");
    expect(result).toEqual({ kind: "found", index: 0, steps: 1 });
    expect(asked).toEqual([1]);
  });

  test("looks back in powers of two, so that two searches meet on the same commits", async () => {
    const { asked } = await search("b".repeat(40) + "g".repeat(100));
    expect(asked.slice(0, 7)).toEqual([1, 2, 4, 8, 16, 32, 64]);
  });

  test("uses what is known and asks for the rest only", async () => {
    const { result, asked } = await search("bbbbbggggg", [1, 2, 4, 8]);
    expect(asked).toEqual([6, 5]);
    expect(result).toEqual({ kind: "found", index: 4, steps: 2 });
  });

  test("finds the culprit wherever it is, whatever is known, and asks nothing twice", async () => {
    const history = fc.integer({ min: 1, max: 200 }).chain((bad) =>
      fc.integer({ min: 1, max: 200 }).chain((good) =>
        fc.record({
          bad: fc.constant(bad),
          good: fc.constant(good),
          known: fc.array(fc.nat(bad + good - 1)),
        }),
      ),
    );
    await fc.assert(
      fc.asyncProperty(history, async ({ bad, good, known }) => {
        const { result, asked } = await search("b".repeat(bad) + "g".repeat(good), known);
        expect(result).toEqual({ kind: "found", index: bad - 1, steps: asked.length });
        expect(new Set(asked).size).toBe(asked.length);
        expect(asked.some((index) => index === 0 || known.includes(index))).toBe(false);
        expect(asked.length).toBeLessThanOrEqual(2 * Math.ceil(Math.log2(bad + good)) + 2);
      }),
    );
  });
});

describe("a history without a good commit", () => {
  test("is bad all along", async () => {
    expect((await search("bbbbbbb")).result).toMatchObject({ kind: "always_bad" });
    expect((await search("b")).result).toEqual({ kind: "always_bad", steps: 0 });
  });

  test("that cannot be tested beyond a point says from where", async () => {
    expect((await search("bbbbb?????????")).result).toMatchObject({
      kind: "untestable",
      newest: 4,
      oldest: null,
    });
    expect((await search("b?")).result).toMatchObject({ kind: "untestable", newest: 0, oldest: null });
  });
});

describe("a history with commits that cannot be tested", () => {
  test("goes round them", async () => {
    expect((await search("bbb?bbg?ggg")).result).toMatchObject({ kind: "found", index: 5 });
  });

  test("says which commits it could not tell apart", async () => {
    expect((await search("bbb???gggg")).result).toMatchObject({ kind: "untestable", newest: 2, oldest: 5 });
  });

  test("whatever cannot be tested, the answer holds and nothing is asked twice", async () => {
    const histories = fc.tuple(
      fc.array(fc.constantFrom("b", "?"), { maxLength: 60 }),
      fc.array(fc.constantFrom("g", "?"), { maxLength: 60 }),
    );
    await fc.assert(
      fc.asyncProperty(histories, async ([bad, good]) => {
        const history = `b${bad.join("")}${good.join("")}`;
        const { result, asked } = await search(history);
        expect(new Set(asked).size).toBe(asked.length);
        holds(history, result);
      }),
      { numRuns: 500 },
    );
  });
});

/** The result is true of a history whose bad commits are all newer than its good ones. */
function holds(history: string, result: SearchResult): void {
  const oldestBad = history.lastIndexOf("b");
  switch (result.kind) {
    case "found":
      expect(history.slice(result.index, result.index + 2)).toBe("bg");
      return;
    case "always_bad":
      expect(history.endsWith("b")).toBe(true);
      return;
    case "untestable":
      expect(history[result.newest]).toBe("b");
      expect(result.newest).toBeLessThanOrEqual(oldestBad);
      if (result.oldest === null) expect(history[result.newest + 1]).toBe("?");
      else expect(history.slice(result.newest, result.oldest + 2)).toMatch(/^b\?+g$/);
      return;
    case "back_and_forth":
      expect.unreachable("a history that changed once does not go back and forth");
  }
}

describe("a history that goes back and forth", () => {
  test("is not blamed on one commit when that is known", async () => {
    expect((await search("bbgbbggg", [2, 4])).result).toEqual({
      kind: "back_and_forth",
      good: 2,
      bad: 4,
      steps: 0,
    });
  });

  test("never makes it run for ever, name a commit that is no change from good to bad, or ask twice", async () => {
    const histories = fc.record({
      history: fc.array(fc.constantFrom("b", "g", "?"), { maxLength: 80 }),
      known: fc.array(fc.nat(80)),
    });
    await fc.assert(
      fc.asyncProperty(histories, async ({ history, known }) => {
        const whole = `b${history.join("")}`;
        const { result, asked } = await search(whole, known);
        expect(new Set(asked).size).toBe(asked.length);
        if (result.kind === "found") expect(whole.slice(result.index, result.index + 2)).toBe("bg");
        if (result.kind === "back_and_forth")
          expect([whole[result.good], whole[result.bad]]).toEqual(["g", "b"]);
      }),
      { numRuns: 500 },
    );
  });
});
