import { describe, expect, test } from "vitest";
import { observeAll, type Results, type Seen } from "../testing/observations.ts";
import { type Again, compare, isReproduced, type Part, reasonsFor } from "./compare.ts";
import type { EvidenceDocument } from "./document.ts";
import { environmentDigest } from "./environment.ts";
import { judge } from "./rules.ts";

const P = ["passed", "passed"] as const;
const F = ["failed", "failed"] as const;
const SEEN: Seen = { base: { "a › bug": F, "a › old": P }, patch: { "a › bug": P, "a › old": P } };
const ENVIRONMENT = { tier: "strong", node: "24.21.0", platform: "linux x64", kernel: "6.1" } as const;
const CHECKS = {
  ...{
    command: null,
    frameworks: [],
    seed: "canary_1",
    unreported: [],
    coverage: null,
    coverageReason: "no",
  },
  ...{ tools: [{ name: "git", version: "2.39" }], canary: { files: 2, none: null, uncovered: [] } },
} satisfies Again["checks"];

const made = (seen: Seen, other: Partial<Again> = {}): Again => {
  const observations = observeAll(seen);
  const run = { environment: ENVIRONMENT, argv: ["npm", "test"], checks: CHECKS, observations, ...other };
  return { ...run, judgement: judge(observations, []), environmentDigest: environmentDigest(run) };
};
const document = (other: Partial<Again> = {}) => made(SEEN, other) as unknown as EvidenceDocument;
const patched = (patch: Results): Seen => ({ ...SEEN, patch });
const told = (parts: readonly Part[]) =>
  parts.filter(({ is }) => is !== "same").map(({ name, is, lines }) => `${name} ${is}: ${lines.join("; ")}`);

describe("evidence that was made again", () => {
  test("is the same where verdict, tests, inventory, canaries and environment are", () => {
    const parts = compare(document(), made(SEEN));
    expect(told(parts)).toEqual([]);
    expect([isReproduced(parts), reasonsFor(parts)]).toEqual([true, []]);
    expect(parts.find(({ name }) => name === "the base")?.says).toBe("2 runs: 1 passed, 1 failed");
  });

  test.each([
    ["the verdict", patched({ "a › bug": F, "a › old": P }), "verdict differs: It was verified then"],
    ["a test that fails", patched({ "a › bug": P, "a › old": F }), "now newly failing: a › old"],
    ["a test that is gone", patched({ "a › bug": P }), "inventory differs: now removed: a › old"],
    ["a test that has come", patched({ ...SEEN.patch, "b › new": P }), "now added: b › new"],
    [
      "a test that wavers",
      patched({ "a › bug": P, "a › old": ["passed", "failed"] }),
      "the patch differs: passed: 2 then, 1 now; flaky: 0 then, 1 now",
    ],
  ])("names %s, and that nothing else was another", (_, seen, words) => {
    const parts = compare(document(), made(seen));
    expect(told(parts).join("\n")).toContain(words);
    expect(isReproduced(parts)).toBe(false);
    expect(reasonsFor(parts).join()).toContain("It ran with the same as then");
  });

  test("names what of the environment is another, and says that results may come from it", () => {
    const other = { environment: { ...ENVIRONMENT, kernel: "6.2" }, checks: { ...CHECKS, tools: [] } };
    const parts = compare(document(), made(SEEN, other));
    expect(told(parts)).toEqual([
      expect.stringMatching(
        /^environment differs: kernel: 6\.1 then, 6\.2 now; git: 2\.39 then, none now; digest: /,
      ),
    ]);
    expect(reasonsFor(parts)).toEqual([expect.stringContaining("the results are the same all the same")]);
    const both = compare(document(), made(patched({ "a › bug": F, "a › old": P }), other));
    expect(reasonsFor(both)).toEqual([expect.stringContaining("other results can come from that alone")]);
  });

  test("names canaries that were planted then and are not now, and the other way round", () => {
    const none = { ...CHECKS, canary: { files: 0, none: "framework not known.", uncovered: ["a"] } };
    expect(told(compare(document(), made(SEEN, { checks: none })))).toEqual([
      "canaries differs: in 2 files then",
    ]);
    const silent = { files: 2, planted: 4, failed: 3, silent: ["a.test.js"] };
    const observations = made(SEEN).observations.map((each) => ({ ...each, canary: silent }));
    expect(told(compare(document({ observations }), made(SEEN)))).toEqual([
      "canaries differs: no longer kept from failing: a.test.js",
    ]);
  });

  test("probe: evidence from before new tests had to pass differs in the verdict alone, and by that rule", () => {
    const seen = patched({ ...SEEN.patch, "a › new": F });
    const old = (verdict: "verified" | "not_repaired") => {
      const { newFailing, ...judgement } = made(seen).judgement;
      expect(newFailing).toEqual(["a › new"]);
      return { ...made(seen), judgement: { ...judgement, verdict } } as unknown as EvidenceDocument;
    };
    const parts = compare(old("verified"), made(seen));
    expect(told(parts)).toEqual([expect.stringContaining("verdict differs: It was verified then")]);
    expect(reasonsFor(parts)).toEqual([expect.stringContaining("that rule is younger than this evidence")]);
    expect(isReproduced(compare(old("not_repaired"), made(seen)))).toBe(true);
    const regressed = compare(old("verified"), made(patched({ "a › bug": P, "a › old": F, "a › new": F })));
    expect(reasonsFor(regressed)[0]).toContain("It ran with the same as then");
  });

  test("probe: evidence that does not say what it ran with is not reproduced better for that: it is said to be unknown", () => {
    const first = { ...document({ checks: undefined }), environmentDigest: undefined };
    const parts = compare(first, made(SEEN));
    expect(told(parts)).toEqual(["canaries unknown: ", "environment unknown: "]);
    expect(isReproduced(parts)).toBe(true);
  });
});
