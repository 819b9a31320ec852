// How much of the repository one patch may change, by the charter's word: more than people can judge is not shown to them.
import type { ChangedFile } from "../intake/diff.ts";
import type { Change, Version } from "../intake/entries.ts";
import type { Contents } from "./content-rules.ts";
import { type Flag, flag } from "./flags.ts";

interface Changed {
  /** Paths that differ. */
  readonly changes: readonly Change[];
  readonly files: readonly ChangedFile[];
  readonly contents: Contents;
}

interface Limits {
  /** 0 = no limit. */
  readonly maxFiles: number;
  readonly maxChangedLines: number;
}

/**
 * A renamed file is one path removed and one added; lines are counted where they differ. Of what git takes for binary, which
 * one NUL byte brings about, every line of either side counts; where nobody read it, nobody can say how many there are. A text that grows
 * or shrinks by more than its lines can hold counts as the lines it would fill: one line is no way around the limit.
 */
export function sizeFlags(
  { changes, files, contents }: Changed,
  { maxFiles, maxChangedLines }: Limits,
): Flag[] {
  const read = linesOf(contents);
  const sizeOf = (version: Version | null): number =>
    (version === null ? null : contents.get(version.oid)?.length) ?? 0;
  const byPath = new Map(changes.map((change) => [change.path, change]));
  let lines = 0;
  const unread: string[] = [];
  for (const { path, previousPath, added, removed } of files) {
    const old = byPath.get(previousPath ?? path)?.before ?? null;
    const now = byPath.get(path)?.after ?? null;
    const filled = Math.ceil(Math.abs(sizeOf(now) - sizeOf(old)) / LINE_BYTES);
    const count = added === null ? read(old) + read(now) : Math.max(added + (removed ?? 0), filled);
    if (Number.isFinite(count)) lines += count;
    else unread.push(path);
  }
  const unknown = maxChangedLines === 0 ? [] : unread.map((path) => flag("too_large", path, UNREAD));
  return [...over("files", changes.length, maxFiles), ...over("lines", lines, maxChangedLines), ...unknown];
}

const UNREAD = "it is binary and too large for its lines to be counted";
const NEWLINE = 10;
/** The longest line that counts as one. */
const LINE_BYTES = 1000;

/** Lines of one side of a binary file; of a submodule, none. */
const linesOf =
  (contents: Contents) =>
  (version: Version | null): number => {
    if (version === null || version.mode === "160000") return 0;
    const content = contents.get(version.oid);
    if (content === undefined) return Number.POSITIVE_INFINITY;
    let lines = content.length > 0 && content.at(-1) !== NEWLINE ? 1 : 0;
    for (const byte of content) if (byte === NEWLINE) lines += 1;
    return lines;
  };

function over(what: string, count: number, most: number): Flag[] {
  if (most === 0 || count <= most) return [];
  const sentence = `The patch changes ${counted(count)} ${what}; the charter allows ${counted(most)}.`;
  return [{ ...flag("too_large", ""), path: null, sentence }];
}

const counted = (count: number): string => count.toLocaleString("en");
