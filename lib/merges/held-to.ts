// A run keeps the charter it was launched under, and a later one holds its patch too: what the one in force would refuse is
// not merged, and what it protects is flagged. Judged by what is stored of the patch; the tree policy judged its content.
import type { PatchFile, PatchFlag } from "../patches/schema.ts";
import type { Charter } from "../pilots/schema.ts";
import { anyGlobMatches } from "../text/path-globs.ts";

interface Changed {
  readonly files: readonly Pick<PatchFile, "path" | "previousPath" | "added" | "removed">[];
}

const MOST_NAMED = 5;

const named = (paths: readonly string[]): string =>
  paths.length <= MOST_NAMED
    ? paths.join(", ")
    : `${paths.slice(0, MOST_NAMED).join(", ")} and ${paths.length - MOST_NAMED} more`;

/** Flags of the charter in force; those that block name why nothing of it may be merged now. */
export function flagsUnder({ scope }: Charter, { files }: Changed): PatchFlag[] {
  const paths = [...new Set(files.flatMap(({ path, previousPath }) => [path, previousPath ?? path]))];
  const outside = paths.filter((path) => !anyGlobMatches(scope.allowedPaths, path));
  const forbidden = paths.filter((path) => anyGlobMatches(scope.forbiddenPaths, path));
  const guarded = paths.filter((path) => anyGlobMatches(scope.protectedPaths, path));
  const lines = files.reduce((sum, { added, removed }) => sum + (added ?? 0) + (removed ?? 0), 0);
  const isUncounted = scope.maxChangedLines > 0 && files.some(({ added }) => added === null);
  const flag = (
    isSo: boolean,
    rule: string,
    severity: PatchFlag["severity"],
    sentence: string,
  ): PatchFlag[] => (isSo ? [{ rule, severity, path: null, sentence: `${FORCE} ${sentence}` }] : []);
  return [
    ...flag(outside.length > 0, "outside_scope", "block", `does not allow to change ${named(outside)}.`),
    ...flag(forbidden.length > 0, "forbidden_path", "block", `forbids to change ${named(forbidden)}.`),
    ...over("file", paths.length, scope.maxFiles),
    ...over("line", lines, scope.maxChangedLines),
    ...flag(guarded.length > 0, "protected_path", "extra_approver", `protects ${named(guarded)}.`),
    ...flag(
      isUncounted,
      "too_large",
      "extra_approver",
      `limits a patch to ${scope.maxChangedLines.toLocaleString("en")} lines, and a file of it is binary.`,
    ),
  ];
}

const FORCE = "The charter in force";

function over(what: string, count: number, most: number): PatchFlag[] {
  if (most === 0 || count <= most) return [];
  const sentence = `${FORCE} lets a patch change ${most.toLocaleString("en")} ${what}${most === 1 ? "" : "s"}; this one changes ${count.toLocaleString("en")}.`;
  return [{ rule: "too_large", severity: "block", path: null, sentence }];
}

/** The patch's flags with those that the charter in force adds; a path that is flagged already is flagged once. */
export function heldTo(
  inForce: Charter | null,
  own: Charter,
  patch: Changed & { flags: readonly PatchFlag[] },
): PatchFlag[] {
  if (inForce === null) return [...patch.flags];
  const before = flagsUnder(own, patch).map(({ sentence }) => sentence);
  return [...patch.flags, ...flagsUnder(inForce, patch).filter(({ sentence }) => !before.includes(sentence))];
}

/** Why nothing of it may be merged under the charter in force; null where it may. */
export function whyNotUnder(inForce: Charter | null, own: Charter, patch: Changed): string | null {
  const blocking = heldTo(inForce, own, { ...patch, flags: [] }).filter(
    ({ severity }) => severity === "block",
  );
  return blocking.length === 0 ? null : `${blocking.map(({ sentence }) => sentence).join(" ")} ${REMEDY}`;
}

const REMEDY = "Deny it, or amend the charter first.";
