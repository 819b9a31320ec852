// Rules on what is where in the proposed tree.
import type { Change, TreeEntry } from "../intake/entries.ts";
import { plainLine } from "../sentences.ts";
import type { Contents } from "./content-rules.ts";
import { type Flag, flag } from "./flags.ts";
import { collisions, forbiddenName, isMisleadingName } from "./names.ts";
import { isReadByGit, judgeLink, type LinkVerdict } from "./symlinks.ts";

const SYMLINK = "120000";
const GITLINK = "160000";

export function nameFlags(changes: readonly Change[], headEntries: readonly TreeEntry[]): Flag[] {
  const present = changes.filter(({ after }) => after !== null).map(({ path }) => path);
  const added = changes
    .filter(({ before, after }) => before === null && after !== null)
    .map(({ path }) => path);
  const colliding = collisions(
    added,
    headEntries.map(({ path }) => path),
  );
  return [
    ...present.flatMap((path) => {
      const why = forbiddenName(path);
      return why === null ? [] : [flag("git_directory_name", path, why)];
    }),
    ...present.filter(isMisleadingName).map((path) => flag("control_in_name", path)),
    ...[...colliding].map(([path, other]) => flag("name_collision", path, plainLine(other, 100))),
  ];
}

export function modeFlags(changes: readonly Change[]): Flag[] {
  return changes.flatMap(({ path, before, after }) => {
    const flags: Flag[] = [];
    if (before?.mode === GITLINK || after?.mode === GITLINK) flags.push(flag("submodule_change", path));
    if (after?.mode === GITLINK && /[\p{Cc}]/u.test(path))
      flags.push(flag("submodule_unsafe", path, "control character in its path"));
    if (before !== null && after !== null && before.mode !== after.mode)
      flags.push(flag("mode_change", path, `${before.mode} → ${after.mode}`));
    return flags;
  });
}

const linkPaths = (entries: readonly TreeEntry[]): Set<string> =>
  new Set(entries.filter(({ mode }) => mode === SYMLINK).map(({ path }) => path));

const VERDICT_RULE = { outside_tree: "symlink_outside_tree", into_git: "symlink_into_git" } as const;

/** Judges every link the patch adds or retargets, and those it leaves alone but makes lead elsewhere. */
export function symlinkFlags(
  changes: readonly Change[],
  baseEntries: readonly TreeEntry[],
  headEntries: readonly TreeEntry[],
  contents: Contents,
): Flag[] {
  const changed = new Map(
    changes.filter(({ after }) => after?.mode === SYMLINK).map((change) => [change.path, change]),
  );
  if (changed.size === 0) return [];
  const now = linkPaths(headEntries);
  const then = linkPaths(baseEntries);
  return headEntries
    .filter(({ mode }) => mode === SYMLINK)
    .flatMap(({ path, oid }) => {
      const own = changed.has(path);
      const target = contents.get(oid)?.toString("utf8");
      if (target === undefined)
        return own ? [flag("symlink_outside_tree", path, "its target is too long")] : [];
      const verdict: LinkVerdict = judgeLink(path, target, now);
      const shown = `to ${plainLine(target, 100)}`;
      if (verdict !== "inside" && (own || judgeLink(path, target, then) !== verdict))
        return [flag(VERDICT_RULE[verdict], path, shown)];
      if (!own) return [];
      return [flag(isReadByGit(path) ? "symlink_as_git_file" : "symlink_change", path, shown)];
    });
}

/** Folders of which `path` is a repository part: `a/objects/b/refs/c` is one of `a` and of `a/objects/b`. */
function repositoryParts(path: string): { readonly folder: string; readonly part: string }[] {
  const names = path.split("/");
  return names.flatMap((name, index) => {
    const isPart =
      name === "HEAD"
        ? index === names.length - 1
        : (name === "objects" || name === "refs") && index < names.length - 1;
    return isPart ? [{ folder: names.slice(0, index).join("/"), part: name }] : [];
  });
}

/** Folders that git would open as a bare repository, config and hooks included, and in which the patch had a hand. */
export function embeddedRepositoryFlags(
  changes: readonly Change[],
  headEntries: readonly TreeEntry[],
): Flag[] {
  const parts = new Map<string, Set<string>>();
  for (const { path } of headEntries) {
    for (const { folder, part } of repositoryParts(path))
      parts.set(folder, (parts.get(folder) ?? new Set()).add(part));
  }
  const repositories = [...parts].filter(([, found]) => found.size === 3).map(([folder]) => folder);
  if (repositories.length === 0) return [];
  return changes
    .filter(
      ({ path, after }) =>
        after !== null && repositories.some((folder) => folder === "" || path.startsWith(`${folder}/`)),
    )
    .map(({ path }) => flag("embedded_repository", path));
}
