import { describe, expect, test } from "vitest";
import { defaultCharter } from "../pilots/defaults.ts";
import type { CanaryRule } from "../protocol/checks.ts";
import { canaryMissing, heldToCanary, stricterCanary } from "./canary-rule.ts";

const base = defaultCharter(`rep_${"0".repeat(22)}`, "main", "2030-12-31");
const charter = (canary: CanaryRule) => ({ ...base, controls: { ...base.controls, canary } });
const seen = (of: { known?: boolean; none?: string | null; failed?: readonly number[] } = {}) => ({
  checks: {
    frameworks: of.known === false ? [] : [{ name: "vitest" as const, files: 1 }],
    canary: { files: 1, none: of.none ?? null, uncovered: [] },
  },
  observations: [
    { tree: "base_on_base" as const },
    ...(of.failed ?? [2, 2]).map((failed) => ({
      tree: "base_on_patch" as const,
      canary: { files: 1, planted: 2, failed, silent: [] },
    })),
  ],
});

describe("what a charter says of canaries", () => {
  test("is asked for where frameworks are known, unless it says otherwise", () => {
    expect(stricterCanary(base)).toBe("known");
  });

  test("is the stricter of the run's and of the one in force", () => {
    expect(stricterCanary(charter("never"), charter("known"))).toBe("known");
    expect(stricterCanary(charter("always"), charter("never"))).toBe("always");
  });
});

describe("evidence", () => {
  test.each([
    ["with canaries that failed counts", "always", seen(), null],
    [
      "whose base could carry none does not",
      "known",
      seen({ none: "it stops at the first failure.", failed: [] }),
      "it stops",
    ],
    [
      "of a framework nobody knows counts",
      "known",
      seen({ known: false, none: "framework not known.", failed: [] }),
      null,
    ],
    [
      "whose base could not be read, so that nobody knows the framework, does not",
      "known",
      seen({ known: false, none: "the test files of the base could not be read.", failed: [] }),
      "could not be read",
    ],
    [
      "of such a framework does not where one is always wanted",
      "always",
      seen({ known: false, none: "framework not known.", failed: [] }),
      "framework not known.",
    ],
    [
      "of a runner that plants none does not where one is always wanted",
      "always",
      { observations: [] },
      "plants none",
    ],
    ["without any counts where none is wanted", "never", seen({ none: "no.", failed: [] }), null],
    [
      "in one run of which none was reported does not",
      "known",
      seen({ failed: [2, 0] }),
      "none of them was reported",
    ],
  ] as const)("%s", (_, rule, of, words) => {
    const missing = canaryMissing(rule, of);
    if (words === null) expect(missing).toBeNull();
    else expect(missing).toContain(words);
  });

  test("that is green and has none is untrustworthy; what was red for another reason stays red for that", () => {
    const green = { verdict: "verified", sentence: "1 test failed and passes." } as const;
    const red = { verdict: "regressed", sentence: "1 test fails." } as const;
    const none = seen({ none: "no.", failed: [] });
    expect(heldToCanary(green, "known", none)).toMatchObject({ verdict: "untrustworthy" });
    expect(heldToCanary(red, "known", none)).toBe(red);
    expect(heldToCanary(green, "known", seen())).toBe(green);
  });
});
