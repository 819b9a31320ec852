// Names that mean something to git, to a file system or to an eye that they should not mean.

/** Code points that HFS+ ignores in names; git's own list. */
const HFS_IGNORED = /[\u200c-\u200f\u202a-\u202e\u206a-\u206f\ufeff]/g;
const GIT_NAME = /^(?:\.git|git~\d+)$/;

/** True when some system would open this name as `.git`. */
export function isGitDirectoryName(part: string): boolean {
  const base = part.replace(HFS_IGNORED, "").toLowerCase();
  // NTFS: trailing dots and spaces are dropped, `:` begins a stream name, and a backslash separates.
  return base.split("\\").some((piece) => GIT_NAME.test((piece.split(":")[0] ?? "").replace(/[ .]+$/, "")));
}

/** Why a path must not exist in a tree at all, or null. */
export function forbiddenName(path: string): string | null {
  for (const part of path.split("/")) {
    if (part === "" || part === "." || part === "..") return "a part is empty, . or ..";
    if (isGitDirectoryName(part)) return "a part reads as .git";
  }
  return null;
}

const MISLEADING = /[\p{Cc}\p{Cf}\p{Co}\p{Cn}\p{Zl}\p{Zp}]|%[0-9a-f]{2}|\s$|^\s|\/\s|\s\/|\\|(?:^|\/)-/iu;

/** True for names that shells, terminals, links or eyes misread. They are allowed and shown escaped. */
export const isMisleadingName = (path: string): boolean => MISLEADING.test(path);

/** What a file system that ignores case and Unicode form makes of a name. */
export const foldedName = (name: string): string => name.normalize("NFKC").toLowerCase().normalize("NFC");

/** Every folder above a path, and the path itself: `a/b/c` → `a`, `a/b`, `a/b/c`. */
export function prefixesOf(path: string): string[] {
  const parts = path.split("/");
  return parts.map((_, index) => parts.slice(0, index + 1).join("/"));
}

/** Paths of `added` that collide with another name of `all` (files and folders), with one of the names they collide with. */
export function collisions(added: readonly string[], all: Iterable<string>): Map<string, string> {
  const wanted = new Map<string, Set<string>>();
  for (const path of added) for (const prefix of prefixesOf(path)) wanted.set(foldedName(prefix), new Set());
  for (const path of all) for (const prefix of prefixesOf(path)) wanted.get(foldedName(prefix))?.add(prefix);
  const found = new Map<string, string>();
  for (const path of added) {
    for (const prefix of prefixesOf(path)) {
      const other = [...(wanted.get(foldedName(prefix)) ?? [])].find((name) => name !== prefix);
      if (other !== undefined) found.set(path, other);
    }
  }
  return found;
}
