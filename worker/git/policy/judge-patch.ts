// The tree policy: base tree and proposed tree in, flags out. Pure; every fact was read inside the sandbox.

import { anyGlobMatches } from "#lib/text/path-globs.ts";
import type { Change, TreeEntry } from "../intake/entries.ts";
import { type Contents, contentFlags } from "./content-rules.ts";
import { arranged, type Flag, flag } from "./flags.ts";
import { protectedBy } from "./protected-paths.ts";
import { type TestIntegrity, testIntegrity } from "./test-integrity.ts";
import { embeddedRepositoryFlags, modeFlags, nameFlags, symlinkFlags } from "./tree-rules.ts";

export interface PatchFacts {
  readonly changes: readonly Change[];
  readonly baseEntries: readonly TreeEntry[];
  readonly headEntries: readonly TreeEntry[];
  readonly contents: Contents;
}

/** What the charter says about paths; patterns as in globs.ts. */
export interface PathRules {
  /** Where the agent may change anything; empty = everywhere. */
  readonly allowedPaths: readonly string[];
  readonly protectedPaths: readonly string[];
  /** Tests, scripts and runner configuration. */
  readonly harnessPaths: readonly string[];
}

export interface Verdict {
  readonly blocked: boolean;
  /** Worst first. */
  readonly flags: readonly Flag[];
  readonly testIntegrity: TestIntegrity;
}

function pathFlags(changes: readonly Change[], { allowedPaths, protectedPaths }: PathRules): Flag[] {
  return changes.flatMap(({ path }) => [
    ...(allowedPaths.length > 0 && !anyGlobMatches(allowedPaths, path) ? [flag("outside_scope", path)] : []),
    ...(anyGlobMatches(protectedPaths, path) ? [flag("protected_path", path)] : []),
    ...protectedBy(path).map((rule) => flag(rule, path)),
  ]);
}

const integrityFlags = ({ deleted, modified, added }: TestIntegrity): Flag[] => [
  ...deleted.map((path) => flag("test_integrity", path, "deleted")),
  ...modified.map((path) => flag("test_integrity", path, "modified")),
  ...added.map((path) => flag("test_added", path)),
];

export function judgePatch(facts: PatchFacts, rules: PathRules): Verdict {
  const { changes, baseEntries, headEntries, contents } = facts;
  const integrity = testIntegrity(changes, rules.harnessPaths);
  const flags = arranged([
    ...pathFlags(changes, rules),
    ...nameFlags(changes, headEntries),
    ...modeFlags(changes),
    ...symlinkFlags(changes, baseEntries, headEntries, contents),
    ...embeddedRepositoryFlags(changes, headEntries),
    ...changes.flatMap((change) => contentFlags(change, contents)),
    ...integrityFlags(integrity),
  ]);
  return { blocked: flags.some(({ severity }) => severity === "block"), flags, testIntegrity: integrity };
}
