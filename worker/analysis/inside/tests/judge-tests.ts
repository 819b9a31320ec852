// All test files of a patch together: a test that is gone from one may be in another.
import type { TestSighting } from "#lib/test-integrity/schema.ts";
import type { ChangedContent } from "../request.ts";
import { Unreadable } from "../trees/bounds.ts";
import { compareFile, comparePair } from "./compare.ts";
import type { TestCase } from "./model.ts";
import { isRead, readTests } from "./read-tests.ts";
import { lost, sighting } from "./sightings.ts";
import { grammarOf, isOtherTest, isSnapshot, isTestPath } from "./which.ts";

interface Gone {
  readonly path: string;
  readonly isFileGone: boolean;
  readonly test: TestCase;
}

interface Found {
  readonly sightings: TestSighting[];
  readonly gone: Gone[];
  readonly isNew: { readonly path: string; readonly test: TestCase }[];
}

const unreadable = (path: string, why: string): TestSighting =>
  lost("unreadable", path, null, { after: why });

async function judgeFile(file: ChangedContent): Promise<Found> {
  const { path, previousPath, before, after } = file;
  const grammar = grammarOf(path) ?? (previousPath === null ? null : grammarOf(previousPath));
  if (grammar === null || !isRead(grammar)) return { sightings: [], gone: [], isNew: [] };
  const [was, is] = [await readTests(grammar, before), await readTests(grammar, after)];
  const isOdd = is.hasErrors && !was.hasErrors;
  const odd = isOdd ? [unreadable(path, "parts of it are not in the language of its name")] : [];
  const { sightings, gone, isNew } = compareFile({ path, before: was, after: is });
  return {
    sightings: [...odd, ...sightings],
    gone: gone.map((test) => ({ path, isFileGone: after === null, test })),
    isNew: isNew.map((test) => ({ path, test })),
  };
}

/** A test of the same name, or with the same body, elsewhere in the patch is the same test. */
function settle({ sightings, gone, isNew }: Found): TestSighting[] {
  const left = [...isNew];
  const found: TestSighting[] = [...sightings];
  const deleted: Gone[] = [];
  const ownName = ({ name }: TestCase): string => name.slice(name.lastIndexOf("›") + 1).trim();
  for (const one of gone) {
    const at = left.findIndex(
      ({ test }) =>
        (one.test.body !== "" && test.body === one.test.body) ||
        test.name === one.test.name ||
        (ownName(one.test).length > 8 && ownName(test) === ownName(one.test)),
    );
    const match = at < 0 ? undefined : left.splice(at, 1)[0];
    if (!match) deleted.push(one);
    else {
      found.push(
        sighting(
          "test_moved",
          { path: match.path, before: one.test, after: match.test },
          { before: one.path },
        ),
      );
      found.push(...comparePair(match.path, one.test, match.test));
    }
  }
  return [...byFile(deleted), ...found];
}

/** A file that is gone says so once, with how many tests went with it. */
function byFile(deleted: readonly Gone[]): TestSighting[] {
  const files = new Map<string, Gone[]>();
  for (const one of deleted) files.set(one.path, [...(files.get(one.path) ?? []), one]);
  return [...files].flatMap(([path, gone]): TestSighting[] => {
    const [first] = gone;
    if (!first?.isFileGone)
      return gone.map(({ test }) =>
        sighting("test_deleted", { path, before: test, after: null }, { before: test.body }),
      );
    const names = gone.map(({ test }) => test.name).join("; ");
    return [lost("test_file_deleted", path, null, { count: gone.length, before: names, baseLine: 1 })];
  });
}

const isOf = (file: ChangedContent, holds: (path: string) => boolean): boolean =>
  holds(file.path) || (file.previousPath !== null && holds(file.previousPath));

function withoutReading(file: ChangedContent): TestSighting[] {
  const { path, before, after } = file;
  if (isOf(file, isSnapshot) && before !== null)
    return [lost("snapshot_edited", path, null, { after: after === null ? "deleted" : null })];
  if (isOf(file, isOtherTest) && before !== null) return [lost("not_analysed", path, null)];
  return [];
}

/** What was a test by its name and is none any more is gone: under its new name nobody runs it. */
const byItsName = (file: ChangedContent): ChangedContent => {
  const { path, previousPath } = file;
  if (previousPath === null || !isTestPath(previousPath) || isTestPath(path)) return file;
  return { ...file, path: previousPath, previousPath: null, after: null };
};

export async function judgeTests(files: readonly ChangedContent[]): Promise<TestSighting[]> {
  const all: Found = { sightings: [], gone: [], isNew: [] };
  for (const file of files.map(byItsName)) {
    all.sightings.push(...withoutReading(file));
    if (!file.isHarness && !isOf(file, isTestPath)) continue;
    try {
      const { sightings, gone, isNew } = await judgeFile(file);
      all.sightings.push(...sightings);
      all.gone.push(...gone);
      all.isNew.push(...isNew);
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error;
      all.sightings.push(unreadable(file.path, error.why));
    }
  }
  return settle(all);
}
