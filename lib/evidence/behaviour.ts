// How each test behaved over the repeats of one tree. Pure.
import type { Observation } from "../protocol/schema.ts";

/** Between file, suites and name of a test id. */
export const SEPARATOR = " › ";

export type Steadiness = "passed" | "failed" | "skipped" | "flaky";
/** Test → how it behaved over the repeats of one tree. Missing in one repeat and there in another is flaky. */
export type Behaviour = ReadonlyMap<string, Steadiness>;

export function behaviour(observations: readonly Observation[]): Behaviour {
  const results = observations.map(({ passed, failed, skipped }) => {
    const result = new Map<string, Steadiness>();
    for (const test of passed) result.set(test, "passed");
    for (const test of skipped) result.set(test, "skipped");
    for (const test of failed) result.set(test, "failed");
    return result;
  });
  const tests = new Set(results.flatMap((result) => [...result.keys()]));
  return new Map(
    [...tests].map((test) => {
      const [first, ...rest] = results.map((result) => result.get(test));
      return [test, first !== undefined && rest.every((how) => how === first) ? first : "flaky"];
    }),
  );
}

/**
 * Whether a test passed in every run. A file that cannot be loaded is reported as a failed test named after itself;
 * once it loads, that test is gone and the file's own tests are there: then it passed.
 */
export function passedIn(tests: Behaviour): (test: string) => boolean {
  const steady = [...tests].filter(([, how]) => how !== "flaky").map(([test]) => test);
  const loaded = new Set(
    steady.filter((test) => test.includes(SEPARATOR)).map((test) => test.split(SEPARATOR, 1)[0]),
  );
  return (test) => tests.get(test) === "passed" || (!tests.has(test) && loaded.has(test));
}

/** Tests of one tree over its repeats. A test counts as flaky when its results differ. */
export function counts(tests: Behaviour, runs: number) {
  const count = { runs, passed: 0, failed: 0, skipped: 0, flaky: 0 };
  for (const how of tests.values()) count[how] += 1;
  return count;
}
