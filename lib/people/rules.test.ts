import { describe, expect, test } from "vitest";
import { holdersSentence } from "./rules.ts";

const holder = (name: string, roleName = "Reviewer") => ({ name, roleName });

describe("who can be asked", () => {
  test.each([
    [[], "Nobody holds such a role yet."],
    [[holder("Ada")], "That is Ada (reviewer)."],
    [[holder("Ada"), holder("Bo", "Security lead")], "That is Ada (reviewer) or Bo (security lead)."],
    [[holder("Ada"), holder("Ada")], "That is Ada (reviewer)."],
    [[holder("A"), holder("B"), holder("C")], "That is A (reviewer), B (reviewer) or C (reviewer)."],
  ])("%j", (holders, sentence) => {
    expect(holdersSentence(holders)).toBe(sentence);
  });

  test("a long list is cut and counted", () => {
    const many = Array.from({ length: 9 }, (_, index) => holder(`P${index}`));
    expect(holdersSentence(many)).toMatch(/P4 \(reviewer\) or 4 more\.$/);
  });
});
