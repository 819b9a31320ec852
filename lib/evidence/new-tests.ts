// What became of the patch's new tests: with its own code they have to pass, with the base's they have to fail. One that passes
// there proves nothing of the patch. Pure.
import type { NewTests } from "../protocol/schema.ts";
import { type Behaviour, SEPARATOR } from "./behaviour.ts";
import type { Inventory } from "./inventory.ts";

export interface NewOnBase {
  /** Fail there, or cannot be loaded: they are about what the patch changes. */
  readonly failing: readonly string[];
  /** Pass there as well. */
  readonly passing: readonly string[];
  /** Skipped there, or not in the report. */
  readonly unseen: readonly string[];
  /** Why the run gave nothing; null where it did. */
  readonly problem: string | null;
}

const fileOf = (test: string): string => test.split(SEPARATOR, 1)[0] ?? test;

/** `fresh`: tests of the patch's own suite alone that pass there in every run. */
export function newOnBase(fresh: readonly string[], seen: NewTests): NewOnBase {
  if (seen.problem !== null) return { failing: [], passing: [], unseen: fresh, problem: seen.problem };
  const failed = new Set(seen.failed);
  const passed = new Set(seen.passed);
  const isFailing = (test: string) => failed.has(test) || failed.has(fileOf(test));
  const passing = fresh.filter((test) => passed.has(test));
  const failing = fresh.filter((test) => !passed.has(test) && isFailing(test));
  const known = new Set([...passing, ...failing]);
  return { failing, passing, unseen: fresh.filter((test) => !known.has(test)), problem: null };
}

/** Of the tests that are new in the patch's own suite, those that pass in every run. */
export const freshIn = (patch: Behaviour, added: readonly string[]): string[] =>
  added.filter((test) => patch.get(test) === "passed");

interface Seen {
  readonly base: Behaviour;
  readonly patch: Behaviour;
  /** The base's tests on the patch. */
  readonly crossed: Behaviour;
}

/**
 * Tests of the patch's own suite alone that fail there in every run. One that did not pass on the base under another name is no
 * new one, nor is one of the base's own whose file could not be loaded there.
 */
export function failingNew({ base, patch, crossed }: Seen, { moved, renamed }: Inventory): string[] {
  const before = new Map([...moved, ...renamed].map(({ from, to }) => [to, from]));
  const wasWrong = (test: string | undefined) =>
    test !== undefined && ["failed", "flaky"].includes(base.get(test) ?? "");
  const isOfBase = (test: string) =>
    wasWrong(before.get(test)) || (crossed.has(test) && wasWrong(fileOf(test)));
  return [...patch].flatMap(([test, how]) =>
    how === "failed" && !base.has(test) && !isOfBase(test) ? [test] : [],
  );
}
