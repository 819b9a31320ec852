import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type BriefFacts, briefOf } from "./brief-words.ts";

const QUIET: BriefFacts = {
  launched: 0,
  inReview: 0,
  merged: 0,
  noChange: 0,
  failed: 0,
  waiting: 0,
  paused: 0,
  firstDeadline: null,
};
const said = (facts: Partial<BriefFacts>) =>
  briefOf({ ...QUIET, ...facts })
    .map(({ text }) => text)
    .join("");

describe("the brief", () => {
  test("a quiet night says so", () => {
    expect(said({})).toBe("No run was launched. Nothing needs you.");
  });

  test("a night with everything in it is one sentence and what waits", () => {
    expect(
      said({
        launched: 6,
        merged: 2,
        inReview: 1,
        noChange: 1,
        failed: 2,
        waiting: 1,
        firstDeadline: "in 3 h",
      }),
    ).toBe(
      "6 runs were launched; 2 patches were merged, 1 verified patch waits for review, 1 run gave up and changed nothing, 2 broken runs say why. 1 decision waits for you, the first in 3 h.",
    );
  });

  test("a paused run waits for whoever launched it, beside decisions or alone", () => {
    expect(said({ paused: 1 })).toBe("No run was launched. 1 paused run waits for you.");
    expect(said({ waiting: 1, paused: 2, firstDeadline: "in 3 h" })).toBe(
      "No run was launched. 1 decision waits for you, the first in 3 h. 2 paused runs wait for you.",
    );
  });

  test("every number leads somewhere, and none is said that is nought", () => {
    const count = fc.nat(3);
    fc.assert(
      fc.property(
        fc.record({
          launched: count,
          inReview: count,
          merged: count,
          noChange: count,
          failed: count,
          waiting: count,
          paused: count,
        }),
        (facts) => {
          for (const { text, href } of briefOf({ ...QUIET, ...facts })) {
            if (/\d/.test(text)) expect(href).toMatch(/^\//);
            expect(text).not.toMatch(/\b0\b/);
          }
        },
      ),
    );
  });

  test("no two parts read alike, so each can be told from the others", () => {
    const texts = briefOf({ ...QUIET, launched: 1, merged: 1, inReview: 1, noChange: 1, failed: 1 }).filter(
      ({ href }) => href,
    );
    expect(new Set(texts.map(({ text, href }) => `${text} ${href}`)).size).toBe(texts.length);
  });
});
