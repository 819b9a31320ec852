// What became of the patch's new tests with the base's code: one that passes there proves nothing of the patch. Pure.
import type { NewTests } from "../protocol/schema.ts";
import { type Behaviour, SEPARATOR } from "./behaviour.ts";

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

/** `fresh`: tests of the patch's own suite alone that pass there in every run. */
export function newOnBase(fresh: readonly string[], seen: NewTests): NewOnBase {
  if (seen.problem !== null) return { failing: [], passing: [], unseen: fresh, problem: seen.problem };
  const failed = new Set(seen.failed);
  const passed = new Set(seen.passed);
  const isFailing = (test: string) => failed.has(test) || failed.has(test.split(SEPARATOR, 1)[0] ?? test);
  const passing = fresh.filter((test) => passed.has(test));
  const failing = fresh.filter((test) => !passed.has(test) && isFailing(test));
  const known = new Set([...passing, ...failing]);
  return { failing, passing, unseen: fresh.filter((test) => !known.has(test)), problem: null };
}

/** Of the tests that are new in the patch's own suite, those that pass in every run. */
export const freshIn = (patch: Behaviour, added: readonly string[]): string[] =>
  added.filter((test) => patch.get(test) === "passed");
