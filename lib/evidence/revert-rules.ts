// When evidence about a revert is green. It repairs nothing: what counts is that the tests are again as they were on the
// base of the merge that is undone, as the evidence of that merge saw them. Pure.
import { z } from "zod";
import type { Observation } from "../protocol/schema.ts";
import { type Behaviour, behaviour, passedIn } from "./behaviour.ts";
import { type Judgement, judge } from "./rules.ts";

/** What was seen of the base before the merge that is undone. */
export const BeforeMerge = z.object({
  /** Digest of the evidence that says so. */
  evidence: z.string(),
  commit: z.string(),
  /** Tests that failed there in any run. */
  failing: z.array(z.string()),
  /** Tests that the merge brought: they go with it. */
  brought: z.array(z.string()),
  /** How many were skipped there. */
  skipped: z.int(),
});
export type BeforeMerge = z.infer<typeof BeforeMerge>;

/** Part of the document, so that it can be judged again from itself. */
export const RevertJudged = z.object({
  /** The run whose merge is undone, and the commit the branch got of it. */
  run: z.string(),
  commit: z.string(),
  /** Null where that merge has no evidence. */
  before: BeforeMerge.nullable(),
});
export type RevertJudged = z.infer<typeof RevertJudged>;

/** What is no news: it was so before the merge. */
interface AsBefore {
  readonly failing: readonly string[];
  readonly gone: readonly string[];
  readonly skipped: readonly string[];
}

/**
 * Judged by the reverting patch with its own tests, which are the branch's without what the merge changed in them: the
 * branch's own were changed to fit what is undone. That run is shown, and counts for nothing. What broke a usual judgement
 * before it looked at tests (nothing run, canaries silent) breaks this one as well.
 */
export function judgeRevert(
  observations: readonly Observation[],
  { before }: Pick<RevertJudged, "before">,
  further: readonly string[] = [],
): Judgement {
  const usual = judge(observations, [], further);
  if (usual.verdict === "incomplete" || usual.verdict === "untrustworthy") return usual;
  const head = behaviour(observations.filter(({ tree }) => tree === "base_on_base"));
  const revert = behaviour(observations.filter(({ tree }) => tree === "patch_on_patch"));
  const { news, asBefore } = split(head, revert, before);
  const [verdict, sentence] = verdictOf(news, asBefore, before);
  return {
    ...usual,
    ...{ verdict, sentence, notRepaired: [], newFailing: [], ...news },
    newlyUnsteady: named(head, "passed").filter((test) => revert.get(test) === "flaky"),
    asBefore,
    doesNotProve: [...usual.doesNotProve, ...doubts(observations, before)],
  };
}

const named = (tests: Behaviour, is: string): string[] =>
  [...tests].flatMap(([test, how]) => (how === is ? [test] : [])).toSorted();

function split(head: Behaviour, revert: Behaviour, before: BeforeMerge | null) {
  const failedBefore = new Set(before?.failing);
  const brought = new Set(before?.brought);
  const passes = passedIn(revert);
  const failing = named(revert, "failed");
  const isNoNews = (test: string) => ["failed", "flaky"].includes(head.get(test) ?? "");
  const skippedNow = named(revert, "skipped");
  const passedOnHead = named(head, "passed");
  const missing = passedOnHead.filter((test) => !revert.has(test) && !passes(test));
  const skipped = passedOnHead.filter((test) => revert.get(test) === "skipped");
  // No more are skipped than then: they are those that were.
  const isSkippedAsBefore = before !== null && skippedNow.length <= before.skipped;
  return {
    news: {
      newlyFailing: failing.filter((test) => !failedBefore.has(test) && !isNoNews(test)),
      noLongerRun: [
        ...missing.filter((test) => !brought.has(test)),
        ...(isSkippedAsBefore ? [] : skipped),
      ].toSorted(),
    },
    asBefore: {
      failing: failing.filter((test) => failedBefore.has(test) && head.get(test) === "passed"),
      gone: missing.filter((test) => brought.has(test)),
      skipped: isSkippedAsBefore ? skipped : [],
    },
  };
}

function verdictOf(
  news: { readonly newlyFailing: readonly string[]; readonly noLongerRun: readonly string[] },
  { failing, gone, skipped }: AsBefore,
  before: BeforeMerge | null,
): [Judgement["verdict"], string] {
  const { newlyFailing, noLongerRun } = news;
  const then = before === null ? "on the branch" : "before the merge and on the branch";
  if (newlyFailing.length > 0)
    return ["regressed", `${tests(newlyFailing)} did not fail ${then}, and would with the revert.`];
  if (noLongerRun.length > 0)
    return ["regressed", `${tests(noLongerRun)} pass on the branch and would no longer run with the revert.`];
  if (before === null)
    return [
      "verified",
      "No test fails with the revert that does not fail on the branch. The merge has no evidence, so what the tests were before it is not known.",
    ];
  const back = [
    ...(failing.length > 0 ? [`${tests(failing)} that the merge had repaired would fail again`] : []),
    ...(gone.length > 0 ? [`${tests(gone)} that it brought would be gone`] : []),
    ...(skipped.length > 0 ? [`${tests(skipped)} would be skipped again`] : []),
  ];
  const told = back.length === 0 ? "" : ` ${back.join(", ")}.`;
  return ["verified", `With the revert the tests are as they were before the merge.${told}`];
}

function doubts(observations: readonly Observation[], before: BeforeMerge | null): string[] {
  const crossed = new Set(
    observations.flatMap(({ tree, failed }) => (tree === "base_on_patch" ? failed : [])),
  ).size;
  return [
    "A revert is judged by the tests it leaves, which are the branch's without what the merge changed in them.",
    ...(crossed > 0
      ? [
          `With the branch's own tests ${crossed === 1 ? "1 fails" : `${crossed} fail`}: they may have been changed to fit what is undone, and count for nothing here.`,
        ]
      : []),
    ...(before === null
      ? []
      : [
          "What the tests were before the merge is what its evidence saw then; they were not run on that base again.",
        ]),
  ];
}

const tests = (list: readonly string[]): string => (list.length === 1 ? "1 test" : `${list.length} tests`);
