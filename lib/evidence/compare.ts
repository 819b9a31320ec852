// Whether a verification that was run again says what evidence says, part by part. Durations, the names of planted tests and
// digests of reports are other each time, and are not compared. Pure.
import type { CanarySeen, Checks } from "../protocol/checks.ts";
import type { EvidenceDocument } from "./document.ts";
import { type Made, ranWith } from "./environment.ts";
import type { Judgement, TreeCounts, TreeName } from "./rules.ts";

export interface Again extends Made {
  readonly judgement: Judgement;
  readonly observations: readonly { readonly canary?: CanarySeen | undefined }[];
  readonly environmentDigest?: string | undefined;
}

export interface Part {
  readonly name: string;
  /** `unknown`: the evidence does not say it. */
  readonly is: "same" | "differs" | "unknown";
  /** What it says now, on a line. */
  readonly says: string;
  /** What is not the same, a sentence each. */
  readonly lines: readonly string[];
  /** A rule that has come since, where it alone makes this part another. */
  readonly rule?: string;
}

const LISTS = {
  repaired: "repaired",
  notRepaired: "said to be repaired and not seen repaired",
  newlyFailing: "newly failing",
  newlyUnsteady: "newly unsteady",
  noLongerRun: "no longer run",
  newFailing: "new and failing",
  stillFailing: "still failing",
  flakyOnBase: "flaky on the base",
} as const;

const TREES = {
  base_on_base: "the base",
  patch_on_patch: "the patch",
  base_on_patch: "the patch with the base's tests",
} satisfies Record<TreeName, string>;

const COUNTS = ["runs", "passed", "failed", "skipped", "flaky"] as const;

export function compare(before: EvidenceDocument, after: Again): Part[] {
  const [was, is] = [before.judgement, after.judgement];
  return [
    verdictPart(was, is),
    ...Object.entries(TREES).map(([tree, name]) => {
      const [then, now] = [was.matrix[tree as TreeName], is.matrix[tree as TreeName]];
      const changed = COUNTS.filter((of) => then[of] !== now[of]);
      return partOf(
        name,
        countsSaid(now),
        changed.map((of) => `${of}: ${then[of]} then, ${now[of]} now`),
      );
    }),
    partOf("tests by name", listsSaid(is), listDifferences(was, is)),
    inventoryPart(was, is),
    canaryPart(before, after),
    environmentPart(before, after),
  ];
}

/** Everything that was compared is as it was. What evidence does not say is no difference. */
export const isReproduced = (parts: readonly Part[]): boolean => parts.every(({ is }) => is !== "differs");

/** Why the parts that differ may do so, a sentence each. */
export function reasonsFor(parts: readonly Part[]): string[] {
  const rules = parts.flatMap(({ is, rule }) => (is === "differs" && rule ? [rule] : []));
  const unexplained = parts.filter(({ is, rule }) => is === "differs" && rule === undefined);
  return [...rules, ...hostReasons(new Set(unexplained.map(({ name }) => name)))];
}

function hostReasons(differing: ReadonlySet<string>): string[] {
  if (differing.size === 0) return [];
  const results = [...differing].filter((name) => name !== ENVIRONMENT);
  if (differing.has(ENVIRONMENT) && results.length === 0)
    return ["What it ran with is another than then, and the results are the same all the same."];
  if (differing.has(ENVIRONMENT))
    return [
      "What it ran with is another than then (see environment): other results can come from that alone. To know, verify on a host that has the same.",
    ];
  return [
    "It ran with the same as then, as far as that is said. Tests that depend on time, chance, order or load end otherwise from run to run: run this once more, and see whether the same tests differ again.",
    "If they always do, the runner that reported this evidence saw something else, or reported something else: look at who runs it.",
  ];
}

const ENVIRONMENT = "environment";

const partOf = (name: string, says: string, lines: readonly string[]): Part => ({
  ...{ name, says, lines },
  is: lines.length === 0 ? "same" : "differs",
});

const countsSaid = (counts: TreeCounts): string => {
  const ends = COUNTS.slice(1).filter((of) => counts[of] > 0);
  const said = ends.map((of) => `${counts[of]} ${of}`).join(", ");
  return `${counts.runs === 1 ? "1 run" : `${counts.runs} runs`}: ${said || "no tests"}`;
};

function listsSaid(is: Judgement): string {
  const said = Object.entries(LISTS).flatMap(([list, words]) => {
    const { length } = is[list as keyof typeof LISTS] ?? [];
    return length === 0 ? [] : [`${length} ${words}`];
  });
  return said.join(", ") || "none repaired, failing or flaky";
}

/** A list that evidence is older than is no list of nothing. */
const listDifferences = (was: Judgement, is: Judgement): string[] =>
  Object.entries(LISTS).flatMap(([list, words]) => {
    const before = was[list as keyof typeof LISTS];
    return before === undefined ? [] : named(words, before, is[list as keyof typeof LISTS] ?? []);
  });

function verdictPart(was: Judgement, is: Judgement): Part {
  const lines = was.verdict === is.verdict ? [] : [`It was ${was.verdict} then: ${was.sentence}`];
  const part = partOf("verdict", `${is.verdict}: ${is.sentence}`, lines);
  const isByRule =
    was.newFailing === undefined &&
    was.verdict === "verified" &&
    is.verdict === "not_repaired" &&
    (is.newFailing ?? []).length > 0;
  return isByRule ? { ...part, rule: NEW_HAVE_TO_PASS } : part;
}

const NEW_HAVE_TO_PASS =
  "Tests that the patch adds have to pass with it: that rule is younger than this evidence, which does not say them.";

function named(what: string, before: readonly string[], after: readonly string[]): string[] {
  const [was, is] = [new Set(before), new Set(after)];
  const gone = before.filter((test) => !is.has(test));
  const come = after.filter((test) => !was.has(test));
  return [...gone.map((test) => `no longer ${what}: ${test}`), ...come.map((test) => `now ${what}: ${test}`)];
}

function inventoryPart(was: Judgement, is: Judgement): Part {
  const [before, after] = [was.inventory, is.inventory];
  const says = after ? `${after.base} tests on the base, ${after.patch} with the patch` : "not said";
  if (!before || !after) return partOf("inventory", says, named("removed", was.removed, is.removed));
  return partOf("inventory", says, [
    ...named("removed", before.removed, after.removed),
    ...named("added", before.added, after.added),
    ...named("skipped with the patch", before.skipped, after.skipped),
  ]);
}

function canaryPart(before: EvidenceDocument, after: Again): Part {
  const [was, is] = [planted(before.checks, before.observations), planted(after.checks, after.observations)];
  if (was === null || is === null)
    return {
      name: "canaries",
      is: "unknown",
      says: "the evidence does not say whether there were any",
      lines: [],
    };
  const silent = is.silent.length > 0 ? `not failed in ${is.silent.join(", ")}` : "all reported failed";
  const says = is.none === null ? `in ${counted(is.files, "file")}, ${silent}` : `none: ${is.none}`;
  return partOf("canaries", says, [
    ...(was.none === is.none ? [] : [`${was.none ?? `in ${counted(was.files, "file")}`} then`]),
    ...(was.none === is.none && was.files !== is.files
      ? [`in ${was.files} files then, ${is.files} now`]
      : []),
    ...named("kept from failing", was.silent, is.silent),
  ]);
}

function planted(checks: Checks | null | undefined, observations: Again["observations"]) {
  if (!checks) return null;
  const silent = [...new Set(observations.flatMap(({ canary }) => canary?.silent ?? []))].toSorted();
  return { ...checks.canary, silent };
}

function environmentPart(before: EvidenceDocument, after: Again): Part {
  const [was, is] = [ranWith(before), ranWith(after)];
  const says = `${is.tier} sandbox, Node ${is.node}, ${is.platform}, kernel ${is.kernel}; digest ${after.environmentDigest}`;
  if (before.environmentDigest === undefined)
    return {
      name: ENVIRONMENT,
      is: "unknown",
      says: "evidence of the first format does not say all of its own",
      lines: [],
    };
  if (before.environmentDigest === after.environmentDigest) return partOf(ENVIRONMENT, says, []);
  const keys = [...new Set([...Object.keys(was), ...Object.keys(is)])];
  const changed = keys.filter((key) => was[key] !== is[key]);
  return partOf(ENVIRONMENT, says, [
    ...changed.map((key) => `${key}: ${was[key] ?? "none"} then, ${is[key] ?? "none"} now`),
    `digest: ${before.environmentDigest} then, ${after.environmentDigest} now`,
  ]);
}

const counted = (count: number, noun: string) => (count === 1 ? `1 ${noun}` : `${count} ${noun}s`);
