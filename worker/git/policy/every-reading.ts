// What a charter forbids or protects is so however a file system writes its name, and whatever lies in place of a folder.
import { anyGlobMatches } from "#lib/text/path-globs.ts";
import type { Change } from "../intake/entries.ts";
import { foldedName } from "./names.ts";

/** A path as file systems read it that ignore case, Unicode form, unseen characters, and dots and blanks at a name's end. */
export const foldedPath = (path: string): string =>
  foldedName(path.replaceAll(/\p{Default_Ignorable_Code_Point}/gu, ""))
    .split("/")
    .map((part) => part.replace(/[ .]+$/, "") || part)
    .join("/");

/** A pattern loses no more than it has to: its own dots and blanks at the end of a name stand for themselves. */
const foldedPattern = (pattern: string): string =>
  foldedPath(pattern)
    .split("/")
    .filter((part) => part !== "")
    .join("/");

const WHOLE_FOLDERS: readonly unknown[] = ["120000", "160000"];

/** The folders a pattern names before its first wildcard. */
function namedFolder(pattern: string): string {
  const parts = pattern.split("/");
  const wild = parts.findIndex((part) => /[*?]/.test(part));
  return parts.slice(0, wild < 0 ? parts.length : wild).join("/");
}

/**
 * Whether a change touches what one of the patterns covers. A link or a submodule stands for everything below its path: it
 * touches a folder's content by taking the folder's place.
 */
export function touches(patterns: readonly string[], { path, before, after }: Change): boolean {
  if (anyGlobMatches(patterns, path)) return true;
  const [folded, wanted] = [foldedPath(path), patterns.map(foldedPattern)];
  if (anyGlobMatches(wanted, folded)) return true;
  if (![before?.mode, after?.mode].some((mode) => WHOLE_FOLDERS.includes(mode))) return false;
  return (
    anyGlobMatches(wanted, `${folded}/x`) ||
    wanted.some((pattern) => `${namedFolder(pattern)}/`.startsWith(`${folded}/`))
  );
}
