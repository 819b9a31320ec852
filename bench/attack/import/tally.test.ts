import { expect, test } from "vitest";
import type { Intake } from "#worker/git/intake/take-in-patch.ts";
import { createTally, outcomeOf } from "./tally.ts";

const patch = (blocked: boolean, ...flags: [rule: string, severity: string][]) =>
  ({
    outcome: "patch",
    patch: { verdict: { blocked, flags: flags.map(([rule, severity]) => ({ rule, severity })) } },
    rebuilt: null,
  }) as unknown as Intake;

test("a fate names the rules that decided it", () => {
  expect(outcomeOf({ outcome: "refused", rule: "too_large", sentence: "" })).toEqual({
    fate: "refused",
    rules: ["too_large"],
  });
  expect(outcomeOf(patch(true, ["symlink_outside_tree", "block"], ["mode_change", "notice"]))).toEqual({
    fate: "blocked",
    rules: ["symlink_outside_tree"],
  });
  expect(outcomeOf(patch(false, ["a", "notice"], ["a", "notice"]))).toEqual({ fate: "shown", rules: ["a"] });
  expect(outcomeOf(patch(false))).toEqual({ fate: "harmless", rules: [] });
});

test("a tally has a line for each fate, also where nothing met it, and the commonest rule first", () => {
  const tally = createTally();
  for (const rule of ["b", "a", "a"]) tally.add({ fate: "refused", rules: [rule] }, "an attempt");
  tally.add({ fate: "harmless", rules: [] }, "pack_twice");
  expect(tally.lines().map((line) => line.trim())).toEqual([
    "3  refused outright",
    "2  a",
    "1  b",
    "0  blocked by the tree policy",
    "0  taken in, with flags for the reviewer",
    "1  taken in as harmless",
    "1  pack_twice",
  ]);
});
