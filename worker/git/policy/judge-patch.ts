// The tree policy: base tree and proposed tree in, flags out. Pure; every fact was read inside the sandbox.

import type { AnalysisAnswer } from "#lib/changes/schema.ts";
import { anyGlobMatches } from "#lib/text/path-globs.ts";
import type { ChangedFile } from "../intake/diff.ts";
import type { Change, TreeEntry } from "../intake/entries.ts";
import { analysisFlags } from "./analysis-flags.ts";
import { type Contents, contentFlags } from "./content-rules.ts";
import { touches } from "./every-reading.ts";
import { arranged, type Flag, flag } from "./flags.ts";
import { sizeFlags } from "./patch-size.ts";
import { protectedBy } from "./protected-paths.ts";
import { type TestIntegrity, testIntegrity } from "./test-integrity.ts";
import { embeddedRepositoryFlags, modeFlags, nameFlags, symlinkFlags } from "./tree-rules.ts";

export interface PatchFacts {
  readonly changes: readonly Change[];
  readonly baseEntries: readonly TreeEntry[];
  readonly headEntries: readonly TreeEntry[];
  /** Paths that a commit of the branch has, and neither base nor last tree. */
  readonly left?: readonly string[];
  readonly contents: Contents;
  readonly files: readonly ChangedFile[];
  /** What the syntax trees say; left out where nothing was read. */
  readonly analysis?: AnalysisAnswer;
}

/** What the charter says about paths; patterns as in globs.ts. */
export interface PathRules {
  /** Where the agent may change anything; empty = everywhere. */
  readonly allowedPaths: readonly string[];
  readonly protectedPaths: readonly string[];
  /** Where the agent may change nothing, also inside the allowed paths. */
  readonly forbiddenPaths: readonly string[];
  /** Tests, scripts and runner configuration. */
  readonly harnessPaths: readonly string[];
  /** 0 = no limit of the charter's. */
  readonly maxFiles: number;
  readonly maxChangedLines: number;
  /** SPDX expressions that added packages may be under; empty or left out: any. */
  readonly licences?: readonly string[];
}

export interface Verdict {
  readonly blocked: boolean;
  /** Worst first. */
  readonly flags: readonly Flag[];
  readonly testIntegrity: TestIntegrity;
}

function pathFlags(changes: readonly Change[], rules: PathRules): Flag[] {
  const { allowedPaths, protectedPaths, forbiddenPaths } = rules;
  return changes.flatMap((change) => {
    const { path } = change;
    const isOutside = allowedPaths.length > 0 && !anyGlobMatches(allowedPaths, path);
    return [
      ...(isOutside ? [flag("outside_scope", path)] : []),
      ...(touches(forbiddenPaths, change) ? [flag("forbidden_path", path)] : []),
      ...(touches(protectedPaths, change) ? [flag("protected_path", path)] : []),
      ...protectedBy(path).map((rule) => flag(rule, path)),
    ];
  });
}

const integrityFlags = ({ deleted, modified, added }: TestIntegrity): Flag[] => [
  ...deleted.map((path) => flag("test_integrity", path, "deleted")),
  ...modified.map((path) => flag("test_integrity", path, "modified")),
  ...added.map((path) => flag("test_added", path)),
];

export function judgePatch(facts: PatchFacts, rules: PathRules): Verdict {
  const { changes, baseEntries, headEntries, contents, left = [] } = facts;
  const integrity = testIntegrity(changes, rules.harnessPaths);
  const ofContents = changes.flatMap((change) => contentFlags(change, contents));
  const flags = arranged([
    ...pathFlags(changes, rules),
    ...sizeFlags(facts, rules),
    ...nameFlags(changes, headEntries),
    ...modeFlags(changes),
    ...symlinkFlags(changes, baseEntries, headEntries, contents),
    ...embeddedRepositoryFlags(changes, headEntries),
    ...ofContents,
    ...(facts.analysis ? analysisFlags(facts.analysis, ofContents, rules.licences ?? []) : []),
    ...integrityFlags(integrity),
    ...left.map((path) => flag("left_behind", path)),
  ]);
  return { blocked: flags.some(({ severity }) => severity === "block"), flags, testIntegrity: integrity };
}
