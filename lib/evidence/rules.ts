// What repeated executions of three trees say about a patch. Pure: observations in, judgement out; the agent's
// own word counts nowhere but as the list of tests it has to prove.
import type { NewTests, Observation } from "../protocol/schema.ts";
import { type Behaviour, behaviour, counts, passedIn, type Steadiness } from "./behaviour.ts";
import { newTestDoubts } from "./check-doubts.ts";
import { type Inventory, inventoryOf } from "./inventory.ts";
import { failingNew, freshIn, type NewOnBase, newOnBase } from "./new-tests.ts";
import { runDoubts } from "./run-doubts.ts";

export type Verdict = "verified" | "regressed" | "not_repaired" | "untrustworthy" | "incomplete";
export type TreeName = Observation["tree"];

export const TREES: readonly TreeName[] = ["base_on_base", "patch_on_patch", "base_on_patch"];

export type TreeCounts = Readonly<ReturnType<typeof counts>>;

export interface Judgement {
  readonly verdict: Verdict;
  /** Why, in one sentence. */
  readonly sentence: string;
  readonly matrix: Readonly<Record<TreeName, TreeCounts>>;
  /** Failed in every run of the base; pass in every run of the patch, with its own tests and with the base's. */
  readonly repaired: readonly string[];
  /** Claimed by the agent, not observed. */
  readonly notRepaired: readonly string[];
  /** Passed in every run of the base, fail in every run of a patched tree. */
  readonly newlyFailing: readonly string[];
  /** Passed in every run of the base, differ between runs of a patched tree. */
  readonly newlyUnsteady: readonly string[];
  /** Passed in every run of the base; skipped or not there when the patch runs the base's tests. */
  readonly noLongerRun: readonly string[];
  /** On the base, not in the patch's own test suite. */
  readonly removed: readonly string[];
  /** In the patch's own test suite only. */
  readonly added: readonly string[];
  /** Of them, those that fail in every run of the patch. Left out by evidence from before they counted. */
  readonly newFailing?: readonly string[];
  /** Failed in every run of the base and of the patch. */
  readonly stillFailing: readonly string[];
  /** Results differ between runs of the base. */
  readonly flakyOnBase: readonly string[];
  /** Left out by evidence of the first format. */
  readonly inventory?: Inventory;
  /** What the patch's new tests do on the base; null where there are none, or they were not tried. */
  readonly newTests?: NewOnBase | null;
  /** Of a revert: what fails, is gone or is skipped as it was before the merge that is undone. */
  readonly asBefore?: Readonly<Record<"failing" | "gone" | "skipped", readonly string[]>>;
  /** What this evidence does not prove, a sentence each. */
  readonly doesNotProve: readonly string[];
}

/**
 * `claimed`: tests the agent says it repaired. `further`: what else the evidence does not prove. `onBase`: the patch's tests with
 * the base's code. The order of observations does not matter.
 */
export function judge(
  observations: readonly Observation[],
  claimed: readonly string[],
  further: readonly string[] = [],
  onBase: NewTests | null = null,
): Judgement {
  const of = (tree: TreeName) => observations.filter((observation) => observation.tree === tree);
  const base = behaviour(of("base_on_base"));
  const patch = behaviour(of("patch_on_patch"));
  const crossed = behaviour(of("base_on_patch"));

  const where = (tests: Behaviour, is: Steadiness) =>
    [...tests].filter(([, how]) => how === is).map(([test]) => test);
  const passedOnBase = where(base, "passed");
  const failedOnBase = where(base, "failed");
  const [passes, passesCrossed] = [passedIn(patch), passedIn(crossed)];
  const repaired = failedOnBase.filter((test) => passes(test) && passesCrossed(test));
  const seenRepaired = new Set(repaired); // both lists may be long, and one of them is the agent's
  const lists = {
    repaired,
    notRepaired: [...new Set(claimed)].filter((test) => !seenRepaired.has(test)),
    newlyFailing: passedOnBase.filter(
      (test) => patch.get(test) === "failed" || crossed.get(test) === "failed",
    ),
    newlyUnsteady: passedOnBase.filter(
      (test) => patch.get(test) === "flaky" || crossed.get(test) === "flaky",
    ),
    noLongerRun: passedOnBase.filter(
      (test) => [undefined, "skipped"].includes(crossed.get(test)) && !passesCrossed(test),
    ),
    removed: [...base.keys()].filter((test) => !patch.has(test) && !passes(test)),
    added: [...patch.keys()].filter((test) => !base.has(test)),
    stillFailing: failedOnBase.filter((test) => patch.get(test) === "failed"),
    flakyOnBase: where(base, "flaky"),
  };
  const inventory = inventoryOf(base, patch);
  const newFailing = failingNew({ base, patch, crossed }, inventory);
  const sorted = Object.fromEntries(
    Object.entries({ ...lists, newFailing }).map(([name, tests]) => [name, tests.toSorted()]),
  ) as typeof lists & { newFailing: string[] };

  const matrix = {
    base_on_base: counts(base, of("base_on_base").length),
    patch_on_patch: counts(patch, of("patch_on_patch").length),
    base_on_patch: counts(crossed, of("base_on_patch").length),
  };
  const [verdict, sentence] = verdictOf(observations, sorted);
  const fresh = freshIn(patch, inventory.added);
  const newTests = onBase && fresh.length > 0 ? newOnBase(fresh, onBase) : null;
  return {
    verdict,
    sentence,
    matrix,
    ...sorted,
    ...{ inventory, newTests },
    doesNotProve: [
      ...runDoubts(observations, { ...sorted, removed: inventory.removed }),
      ...newTestDoubts(
        newTests,
        fresh,
        inventory.added.filter((test) => patch.get(test) === "flaky"),
      ),
      ...further,
    ],
  };
}

type Lists = Pick<
  Judgement,
  "repaired" | "notRepaired" | "newlyFailing" | "newlyUnsteady" | "noLongerRun" | "removed" | "flakyOnBase"
> & { readonly newFailing: readonly string[] };

/** The first rule that applies; nothing that was not observed makes a patch look better. */
function verdictOf(observations: readonly Observation[], lists: Lists): [Verdict, string] {
  const gap = incompleteness(observations);
  if (gap) return ["incomplete", gap];
  const distrust = distrustOf(observations);
  if (distrust) return ["untrustworthy", distrust];
  const { repaired, notRepaired, newlyFailing, noLongerRun, newFailing } = lists;
  if (newlyFailing.length > 0) {
    return [
      "regressed",
      `${tests(newlyFailing)} passed on the base and ${fail(newlyFailing)} with the patch.`,
    ];
  }
  if (noLongerRun.length > 0) {
    return [
      "regressed",
      `${tests(noLongerRun)} passed on the base and no longer ${run(noLongerRun)} with the patch.`,
    ];
  }
  if (newFailing.length > 0)
    return ["not_repaired", `${tests(newFailing)} that the patch adds ${fail(newFailing)} with it.`];
  if (notRepaired.length > 0) {
    return [
      "not_repaired",
      `${tests(notRepaired)} the agent says it repaired ${are(notRepaired)} not seen repaired.`,
    ];
  }
  if (repaired.length === 0) return ["not_repaired", "No failing test of the base passes with the patch."];
  return [
    "verified",
    `${tests(repaired)} failed on the base and ${pass(repaired)} with the patch, and nothing else broke.`,
  ];
}

const TREE_TITLES = {
  base_on_base: "the base",
  patch_on_patch: "the patch",
  base_on_patch: "the patch with the base's tests",
} satisfies Record<TreeName, string>;

function incompleteness(observations: readonly Observation[]): string | null {
  for (const tree of TREES) {
    const seen = observations.filter((observation) => observation.tree === tree);
    if (seen.length === 0) return `There is no run of ${TREE_TITLES[tree]}.`;
    const cut = seen.find(({ ended }) => ended !== "itself");
    if (cut) return `A run of ${TREE_TITLES[tree]} did not end by itself: ${ENDINGS[cut.ended]}`;
  }
  const numbers = TREES.map((tree) => repeatsOf(observations, tree));
  if (new Set(numbers).size > 1) return "The trees were not run equally often.";
  const broken = observations.find(({ tree, problem }) => tree === "base_on_base" && problem !== null);
  return broken ? `The base itself cannot be tested: ${broken.problem}` : null;
}

/** Numbers of the repeats, "1,2,3"; a repeat reported twice shows as such. */
function repeatsOf(observations: readonly Observation[], name: TreeName): string {
  const repeats = observations.filter(({ tree }) => tree === name).map(({ repeat }) => repeat);
  return repeats.sort((a, b) => a - b).join();
}

const ENDINGS = {
  itself: "",
  time: "it took too long.",
  memory: "it needed too much memory.",
  cancelled: "it was stopped.",
} satisfies Record<Observation["ended"], string>;

function distrustOf(observations: readonly Observation[]): string | null {
  const problem = observations.find((observation) => observation.problem !== null);
  if (problem) return `A run of ${TREE_TITLES[problem.tree]} gave nothing to rely on: ${problem.problem}`;
  const commits = (isBase: boolean) =>
    observations.filter(({ tree }) => (tree === "base_on_base") === isBase).map(({ commit }) => commit);
  if (new Set(commits(true)).size > 1 || new Set(commits(false)).size > 1)
    return "Runs of one tree name different commits.";
  if (commits(true)[0] === commits(false)[0]) return "Base and patch name the same commit.";
  const commands = new Set(observations.map(({ argv }) => JSON.stringify(argv)));
  if (commands.size > 1) return "Not every run used the same command.";
  const twice = observations.find(({ passed, failed, skipped }) => {
    const all = [...passed, ...failed, ...skipped];
    return new Set(all).size < all.length;
  });
  if (twice) return `A run of ${TREE_TITLES[twice.tree]} reports a test with two results.`;
  const silenced = observations.find(({ canary }) => (canary?.silent.length ?? 0) > 0);
  if (silenced) return silencedIn(silenced);
  const contradiction = observations.find(
    ({ exit, failed, canary }) => (exit === 0) !== (failed.length === 0 && (canary?.failed ?? 0) === 0),
  );
  if (contradiction)
    return `A run of ${TREE_TITLES[contradiction.tree]} has a report and an exit code that disagree.`;
  return null;
}

/** Every planted test that was reported was reported failed. */
export const isSound = (observations: readonly Observation[]): boolean =>
  observations.every(({ canary }) => (canary?.silent.length ?? 0) === 0);

/** Tests that must fail and were not reported failed: then a test that passes says nothing. */
function silencedIn({ tree, canary }: Observation): string {
  const { silent = [], planted = 0, failed = 0 } = canary ?? {};
  const [first = "", ...more] = silent;
  const where = more.length === 0 ? first : `${first} and ${more.length} more`;
  const [missed, planting] = [planted - failed, planted === 1 ? "test" : "tests"];
  return `${missed} of ${planted} ${planting} planted to fail on ${TREE_TITLES[tree]} ${missed === 1 ? "was" : "were"} not reported failed, in ${where}: something keeps tests from failing there. What passes then proves nothing.`;
}

const tests = (list: readonly string[]) => (list.length === 1 ? "1 test" : `${list.length} tests`);
const fail = (list: readonly string[]) => (list.length === 1 ? "fails" : "fail");
const pass = (list: readonly string[]) => (list.length === 1 ? "passes" : "pass");
const run = (list: readonly string[]) => (list.length === 1 ? "runs" : "run");
const are = (list: readonly string[]) => (list.length === 1 ? "is" : "are");
