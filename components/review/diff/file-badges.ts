// What is to be known of a file before its lines: whether it is new or gone, was renamed, is no plain file. Pure.
import { visibleText } from "#lib/text/rules.ts";
import type { ReviewFile } from "../diff-rules.ts";

export interface FileBadge {
  readonly word: string;
  readonly title: string;
}

type Facts = Pick<
  ReviewFile,
  "status" | "previousPath" | "modeBefore" | "modeAfter" | "generated" | "binary" | "parts" | "added"
>;

/** git's kinds of entry, as the patch's list has them. */
const MODES: Readonly<Record<string, string>> = {
  "100644": "file",
  "100755": "executable",
  "120000": "symbolic link",
  "160000": "submodule",
};
const PLAIN = "100644";
const wordOf = (mode: string): string => MODES[mode] ?? mode;

export function badgesOf(file: Facts): FileBadge[] {
  const { status, previousPath, modeBefore, modeAfter, generated } = file;
  const badges: FileBadge[] = [];
  if (status === "added") badges.push({ word: "new", title: "The file was not there before." });
  if (status === "deleted") badges.push({ word: "deleted", title: "The file is gone." });
  if (previousPath !== null) {
    const was = visibleText(previousPath, "line");
    badges.push({ word: `was ${was}`, title: `It was called ${was} before.` });
  }
  const mode = modeAfter ?? modeBefore;
  if (modeBefore !== null && modeAfter !== null && modeBefore !== modeAfter)
    badges.push({ word: `${wordOf(modeBefore)} → ${wordOf(modeAfter)}`, title: "Its mode changed." });
  else if (mode !== null && mode !== PLAIN) badges.push({ word: wordOf(mode), title: `git's mode ${mode}.` });
  if (generated)
    badges.push({
      word: "generated",
      title: "By its name a tool writes it; it is folded at first, and counted.",
    });
  return badges;
}

/** What stands in the place of lines where git shows none; null where there are lines. */
export function withoutLines(file: Facts): string | null {
  if (file.parts.length > 0) return null;
  if (file.binary || file.added === null) return "A binary file: git shows no lines of it.";
  if (file.previousPath !== null) return "Renamed; its content is the same.";
  if (file.modeBefore !== file.modeAfter && file.status !== "added" && file.status !== "deleted")
    return "Its mode changed; its content is the same.";
  return file.status === "deleted" ? "An empty file, now gone." : "An empty file.";
}
