import { anyGlobMatches } from "#lib/text/path-globs.ts";
import type { Change } from "../intake/entries.ts";

/** What a patch does to tests and harness files; a renamed file is one deleted and one added. */
export interface TestIntegrity {
  readonly deleted: readonly string[];
  readonly modified: readonly string[];
  readonly added: readonly string[];
}

export function testIntegrity(changes: readonly Change[], harnessPaths: readonly string[]): TestIntegrity {
  const own = changes.filter(({ path }) => anyGlobMatches(harnessPaths, path));
  const paths = (keep: (change: Change) => boolean) => own.filter(keep).map(({ path }) => path);
  return {
    deleted: paths(({ after }) => after === null),
    modified: paths(({ before, after }) => before !== null && after !== null),
    added: paths(({ before }) => before === null),
  };
}
