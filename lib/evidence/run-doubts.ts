// What evidence does not prove because of how often and where the tests ran. Pure.
import type { Observation } from "../protocol/schema.ts";

const TREES: readonly Observation["tree"][] = ["base_on_base", "patch_on_patch", "base_on_patch"];

interface Lists {
  readonly flakyOnBase: readonly string[];
  readonly newlyUnsteady: readonly string[];
  readonly removed: readonly string[];
}

export function runDoubts(
  observations: readonly Observation[],
  { flakyOnBase, newlyUnsteady, removed }: Lists,
): string[] {
  const runs = Math.min(...TREES.map((name) => observations.filter(({ tree }) => tree === name).length));
  const sentences = [
    "The patched code runs in the same process as the tests that judge it, so it could tell them apart and please them.",
    "What no test covers was not looked at.",
  ];
  if (runs <= 1) sentences.push("Each tree ran once at most: a flaky test cannot be told from a steady one.");
  else
    sentences.push(
      `Each tree ran ${runs} times: a test that fails more rarely than that can pass for steady.`,
    );
  if (flakyOnBase.length > 0) {
    sentences.push(
      `${tests(flakyOnBase)} ${are(flakyOnBase)} flaky on the base already; nothing is concluded from ${them(flakyOnBase)}.`,
    );
  }
  if (newlyUnsteady.length > 0) {
    sentences.push(
      `${tests(newlyUnsteady)} passed in every run of the base and not in every run of the patch: flaky, or made so by it.`,
    );
  }
  if (removed.length > 0)
    sentences.push(`${tests(removed)} of the base ${are(removed)} not in the patch's own suite.`);
  return sentences;
}

const tests = (list: readonly string[]) => (list.length === 1 ? "1 test" : `${list.length} tests`);
const are = (list: readonly string[]) => (list.length === 1 ? "is" : "are");
const them = (list: readonly string[]) => (list.length === 1 ? "it" : "them");
