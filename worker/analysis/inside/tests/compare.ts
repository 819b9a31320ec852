// What became of a file's tests: each of the base is looked for in the patch, and its assertions with it.
import type { TestSighting } from "#lib/test-integrity/schema.ts";
import { compareAssertions } from "./compare-assertions.ts";
import { type Remark, SEPARATOR, type TestCase, type TestFile, WHOLE_FILE } from "./model.ts";
import { lost, sighting } from "./sightings.ts";

export interface FileTests {
  readonly path: string;
  readonly before: TestFile;
  readonly after: TestFile;
}

const testsOf = ({ cases }: TestFile): TestCase[] => cases.filter(({ kind }) => kind === "test");

/** The same name may stand in a file twice: they are paired in order. */
function byName(cases: readonly TestCase[]): Map<string, TestCase[]> {
  const found = new Map<string, TestCase[]>();
  for (const one of cases) found.set(one.name, [...(found.get(one.name) ?? []), one]);
  return found;
}

const words = (text: string): Set<string> => new Set(text.match(/[\p{L}\p{N}_$]+/gu) ?? []);

/** How much two bodies have in common, 0 to 1. */
function likeness(a: string, b: string): number {
  if (a === b) return 1;
  const [one, other] = [words(a), words(b)];
  const common = [...one].filter((word) => other.has(word)).length;
  return common / Math.max(1, one.size + other.size - common);
}

const SAME_TEST = 0.6;
const sameness = (test: TestCase, other: TestCase): number =>
  Math.max(likeness(test.body, other.body), nameLikeness(test, other));
/** A name of fewer words, of which all are in another, is not taken for the same. */
const TELLING_WORDS = 5;

/** Of one suite, and one name is most of the other: said more exactly, or less. What the test lost is then said of its assertions. */
function nameLikeness(before: TestCase, after: TestCase): number {
  const [suite, own] = cutName(before);
  const [otherSuite, otherOwn] = cutName(after);
  if (suite !== otherSuite) return 0;
  const [one, other] = [words(own), words(otherOwn)];
  const common = [...one].filter((word) => other.has(word)).length;
  const least = Math.min(one.size, other.size);
  return least >= TELLING_WORDS && common === least ? SAME_TEST : likeness(own, otherOwn);
}

const cutName = ({ name }: TestCase): [suite: string, own: string] => {
  const at = name.lastIndexOf(SEPARATOR);
  return at < 0 ? ["", name] : [name.slice(0, at), name.slice(at + SEPARATOR.length)];
};

const MOST_COMPARED = 400;

export interface Pairs {
  readonly pairs: readonly (readonly [TestCase, TestCase])[];
  readonly gone: readonly TestCase[];
  readonly isNew: readonly TestCase[];
}

/** Pairs by name, then what was renamed by what its body says. */
export function paired(before: readonly TestCase[], after: readonly TestCase[]): Pairs {
  const pairs: (readonly [TestCase, TestCase])[] = [];
  const left = byName(after);
  const unpaired: TestCase[] = [];
  for (const test of before) {
    const match = left.get(test.name)?.shift();
    if (match) pairs.push([test, match]);
    else unpaired.push(test);
  }
  let isNew = [...left.values()].flat();
  const gone: TestCase[] = [];
  for (const [at, test] of unpaired.entries()) {
    const isTooMany = at * isNew.length > MOST_COMPARED ** 2 / 4;
    const best = isTooMany
      ? undefined
      : isNew
          .map((candidate) => ({ candidate, likeness: sameness(test, candidate) }))
          .sort((a, b) => b.likeness - a.likeness)[0];
    if (!best || best.likeness < SAME_TEST) {
      gone.push(test);
      continue;
    }
    pairs.push([test, best.candidate]);
    isNew = isNew.filter((one) => one !== best.candidate);
  }
  return { pairs, gone, isNew };
}

/** Of a pair: what it lost by which it was held to something. */
export function comparePair(path: string, before: TestCase, after: TestCase): TestSighting[] {
  const found: TestSighting[] = [];
  const place = { path, before, after };
  if (after.skipped !== null && before.skipped === null)
    found.push(sighting("test_skipped", place, { after: after.skipped }));
  if (after.focused !== null && before.focused === null)
    found.push(sighting("test_focused", place, { after: after.focused }));
  if (before.kind === "suite" || after.skipped !== null) return found;
  return [...found, ...compareAssertions(place)];
}

function newRemarks(path: string, before: TestFile, after: TestFile): TestSighting[] {
  const known = before.remarks.map(({ rule, text }) => `${rule} ${text}`);
  return after.remarks.flatMap((remark: Remark) => {
    const at = known.indexOf(`${remark.rule} ${remark.text}`);
    if (at >= 0) {
      known.splice(at, 1);
      return [];
    }
    const older = before.remarks.find(({ rule }) => rule === remark.rule);
    return [lost(remark.rule, path, remark.line, { before: older?.text ?? null, after: remark.text })];
  });
}

const isAround = (suite: TestCase, { name }: TestCase): boolean =>
  suite.kind === "suite" && (suite.name === WHOLE_FILE || name.startsWith(`${suite.name}${SEPARATOR}`));

export interface Compared {
  readonly sightings: readonly TestSighting[];
  /** Tests that are no longer here; they may be elsewhere. */
  readonly gone: readonly TestCase[];
  readonly isNew: readonly TestCase[];
}

export function compareFile({ path, before, after }: FileTests): Compared {
  const tests = paired(testsOf(before), testsOf(after));
  const suitesOf = ({ cases }: TestFile) => cases.filter(({ kind }) => kind === "suite");
  const suites = paired(suitesOf(before), suitesOf(after));
  const isUnderSkip = (test: TestCase): boolean =>
    suites.pairs.some(([was, is]) => is.skipped !== null && was.skipped === null && is.name === test.name);
  const appeared = [...tests.isNew, ...suites.isNew];
  const ofNew = appeared.flatMap((one): TestSighting[] => {
    const place = { path, before: null, after: one };
    if (one.focused !== null) return [sighting("test_focused", place, { after: one.focused })];
    if (one.skipped === null) return [];
    // Put around tests that were there, it skips them.
    const reached = tests.pairs.filter(([was, is]) => was.skipped === null && isAround(one, is)).length;
    const rule = reached > 0 ? "test_skipped" : "skipped_when_new";
    return [sighting(rule, place, { after: one.skipped, count: Math.max(1, reached) })];
  });
  const ofPairs = [...suites.pairs, ...tests.pairs.filter(([was]) => !isUnderSkip(was))].flatMap(
    ([was, is]) => comparePair(path, was, is),
  );
  return {
    sightings: [...ofPairs, ...ofNew, ...newRemarks(path, before, after)],
    gone: tests.gone,
    isNew: tests.isNew,
  };
}
