// Observations of three trees, written as tables of results.
import type { TreeName } from "../evidence/rules.ts";
import { type Checks, NO_FRAMEWORK } from "../protocol/checks.ts";
import type { Observation } from "../protocol/schema.ts";

export const BASE = "a".repeat(40);
const PATCH = "b".repeat(40);

export type Result = "passed" | "failed" | "skipped";
/** Test → result in each repeat; undefined: not in that report. */
export type Results = Readonly<Record<string, readonly (Result | undefined)[]>>;

export function observe(tree: TreeName, results: Results, over: Partial<Observation> = {}): Observation[] {
  const repeats = Math.max(1, ...Object.values(results).map((list) => list.length));
  return Array.from({ length: repeats }, (_, index) => {
    const of = (wanted: Result) => Object.keys(results).filter((name) => results[name]?.[index] === wanted);
    const failed = of("failed");
    return {
      tree,
      repeat: index + 1,
      commit: tree === "base_on_base" ? BASE : PATCH,
      argv: ["node", "--test"],
      exit: failed.length > 0 ? 1 : 0,
      ended: "itself",
      milliseconds: 10,
      reportSha256: "0".repeat(64),
      passed: of("passed"),
      failed,
      skipped: of("skipped"),
      problem: null,
      ...over,
    };
  });
}

export interface Seen {
  readonly base: Results;
  readonly patch: Results;
  /** The base's tests on the patch; as `patch` unless said. */
  readonly crossed?: Results;
}

export const observeAll = ({ base, patch, crossed = patch }: Seen) => [
  ...observe("base_on_base", base),
  ...observe("patch_on_patch", patch),
  ...observe("base_on_patch", crossed),
];

/** What a verifier reports beside the trees where it knows no framework of the base's tests. */
export const CHECKED: Checks = {
  ...{ command: null, frameworks: [], tools: [], seed: "canary_0123456789ab", unreported: [] },
  canary: { files: 0, none: NO_FRAMEWORK, uncovered: [] },
  ...{ coverage: null, coverageReason: "No framework is known whose counter could be asked." },
};
