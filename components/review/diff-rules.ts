// From git's patch text and the tree policy's flags to what the review page shows. Pure.
import type { PatchFile, PatchFlag } from "#lib/patches/schema.ts";
import { hiddenCount, visibleText } from "#lib/text/rules.ts";

export type Risk = "high" | "medium" | "low";

export interface ReviewFile {
  /** As git has it; the key. */
  readonly path: string;
  readonly previousPath: string | null;
  readonly status: string;
  readonly added: number | null;
  readonly removed: number | null;
  readonly risk: Risk;
  readonly flags: readonly PatchFlag[];
  /** This file's part of the patch, with everything hidden made visible. */
  readonly patch: string;
  /** Characters in it that would not have been seen. */
  readonly hidden: number;
  /** Lines in which a secret was masked: nobody has read what stands there. */
  readonly masked: number;
}

const RANK: Readonly<Record<Risk, number>> = { high: 0, medium: 1, low: 2 };

function riskOf(flags: readonly PatchFlag[]): Risk {
  if (flags.some(({ severity }) => severity !== "notice")) return "high";
  return flags.length > 0 ? "medium" : "low";
}

/** Cuts a patch where git starts a file. A line of content always begins with a space, `+`, `-` or `\`. */
export function splitPatch(patch: string): string[] {
  const starts = [...patch.matchAll(/^diff --git /gm)].map(({ index }) => index);
  return starts.map((start, at) => patch.slice(start, starts[at + 1]));
}

/**
 * The files of a patch, the riskiest first. git writes the patch in the order of the list; a list and a text that
 * disagree are shown as nothing, never as something else. `maskedLines` counts from the first line of the patch.
 */
export function reviewFiles(
  files: readonly PatchFile[],
  flags: readonly PatchFlag[],
  patch: string,
  maskedLines: readonly number[] = [],
): ReviewFile[] {
  const texts = splitPatch(patch);
  if (texts.length !== files.length) {
    throw new RangeError(`The patch holds ${texts.length} files, its list ${files.length}.`);
  }
  let firstLine = 0;
  const reviewed = files.map((file, at) => {
    const own = flags.filter(({ path }) => path === file.path);
    const text = texts[at] ?? "";
    const { path, previousPath, status, added, removed } = file;
    const hidden = hiddenCount(text, "code");
    const nextLine = firstLine + text.split("\n").length - 1;
    const masked = maskedLines.filter((line) => line >= firstLine && line < nextLine).length;
    firstLine = nextLine;
    const risk = hidden + masked > 0 ? "high" : riskOf(own);
    return {
      path,
      previousPath,
      status,
      added,
      removed,
      risk,
      flags: own,
      patch: visibleText(text, "code"),
      hidden,
      masked,
    };
  });
  return reviewed.sort((a, b) => RANK[a.risk] - RANK[b.risk] || (a.path < b.path ? -1 : 1));
}

/** Folder and name of a path: the name is what is looked for. */
export function partsOf(path: string): { readonly folder: string; readonly name: string } {
  const cut = path.lastIndexOf("/") + 1;
  return { folder: path.slice(0, cut), name: path.slice(cut) };
}

/** A digest in eights: the first and the last are the ones people compare. */
export function digestParts(digest: string): {
  readonly first: string;
  readonly middle: string;
  readonly last: string;
} {
  return {
    first: digest.slice(0, 8),
    middle: `${digest.slice(8, 16)} ${digest.slice(16, 24)} …`,
    last: digest.slice(-8),
  };
}
