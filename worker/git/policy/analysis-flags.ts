// What was read in the contents of a patch, as flags: the same switches of a charter decide what they cost.
import type { AnalysisAnswer } from "#lib/changes/schema.ts";
import { untoldIn } from "#lib/dependencies/rules.ts";
import type { DependencyNote, DependencyRule } from "#lib/dependencies/schema.ts";
import { judgeLicence } from "#lib/licences/rules.ts";
import { weakenedFiles } from "#lib/test-integrity/rules.ts";
import { plainLine } from "../sentences.ts";
import { type Flag, flag, type RuleName } from "./flags.ts";

/** The others are told where they stand, or are flags by the lines of their file already. */
const NOTE_FLAGS: Readonly<Partial<Record<DependencyRule, RuleName>>> = {
  hash_changed: "lockfile_hash_changed",
  hash_removed: "lockfile_hash_changed",
  hash_added: "lockfile_hash_added",
  new_install_script: "install_script",
  manifest_disagrees: "manifest_disagrees",
  name_alike: "package_alike",
  other_registry: "package_moved",
  indicated: "package_indicated",
  indicators_unread: "indicators_unread",
};
const SHOWN = 10;

/** What a name alone does not say. */
function wordsBeside(noted: DependencyRule, before: string | null, after: string | null): string {
  switch (noted) {
    case "name_alike":
      return before === null ? `: ${after}` : `, like ${before}`;
    case "other_registry":
      return ` from ${after}, before from ${before}`;
    case "indicated":
      return `: ${before}${after === null ? "" : ` ${after}`}`;
    default:
      return "";
  }
}

function noteFlags(notes: readonly DependencyNote[], known: ReadonlySet<string>): Flag[] {
  const found = new Map<
    string,
    { readonly rule: RuleName; readonly path: string; readonly names: string[]; left: number }
  >();
  for (const { rule: noted, path, name, before, after } of notes) {
    const rule = NOTE_FLAGS[noted];
    const key = `${rule} ${path}`;
    if (rule === undefined || known.has(key)) continue;
    const one = found.get(key) ?? { rule, path, names: [], left: 0 };
    if (name === null) one.left += untoldIn({ name, after });
    else if (one.names.length < SHOWN) one.names.push(name + wordsBeside(noted, before, after));
    else one.left += 1;
    found.set(key, one);
  }
  return [...found.values()].map(({ rule, path, names, left }) => {
    const more = left > 0 ? ` and ${left} more` : "";
    return flag(rule, path, names.length > 0 ? plainLine(names.join(", "), 200) + more : undefined);
  });
}

function licenceFlags(packages: AnalysisAnswer["packages"], allowed: readonly string[]): Flag[] {
  return (["outside", "unknown"] as const).flatMap((verdict) => {
    const found = packages.filter(
      ({ change, licence }) => change !== "removed" && judgeLicence(licence, allowed) === verdict,
    );
    const paths = [...new Set(found.map(({ path }) => path))];
    return paths.map((path) => {
      const names = found
        .filter((one) => one.path === path)
        .map(({ name, licence }) => `${name}: ${licence ?? "?"}`);
      const more = names.length > SHOWN ? ` and ${names.length - SHOWN} more` : "";
      return flag(`licence_${verdict}`, path, plainLine(names.slice(0, SHOWN).join(", "), 300) + more);
    });
  });
}

/** `others` are those of the file's own lines; a lockfile is flagged once for one thing. `licences` empty: all are allowed. */
export function analysisFlags(
  { tests, packages, notes }: Pick<AnalysisAnswer, "tests" | "packages" | "notes">,
  others: readonly Flag[],
  licences: readonly string[],
): Flag[] {
  const known = new Set(others.map(({ rule, path }) => `${rule} ${path}`));
  const weakened = weakenedFiles(tests).map(({ path, isUnreadable, words }) =>
    isUnreadable ? flag("test_unreadable", path) : flag("test_weakened", path, words),
  );
  return [...weakened, ...noteFlags(notes, known), ...licenceFlags(packages, licences)];
}
