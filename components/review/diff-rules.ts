// From the parts of a patch and the tree policy's flags to what the review page is told of its files. Pure.
import { isGenerated } from "#lib/patches/generated.ts";
import type { PatchFile, PatchFlag } from "#lib/patches/schema.ts";
import { hiddenCount } from "#lib/text/rules.ts";
import type { SourcePart } from "./diff/surface/source.ts";

export type Risk = "high" | "medium" | "low";

/** Lines of a file to look at before anything is approved; `from` is -1 where its name is what hides something. */
export interface Spot {
  readonly from: number;
  readonly to: number;
}

/** What the server counted of a file's text; its parts in order. */
export interface CountedFile {
  readonly parts: readonly SourcePart[];
  readonly hunks: number;
  readonly hidden: number;
  readonly lookalikes: number;
  readonly masked: number;
  /** Lines that differ from their partner in white space alone. */
  readonly space: number;
  readonly spots: readonly Spot[];
  /** The largest number that a line has on either side. */
  readonly lastNumber: number;
  readonly binary: boolean;
}

export interface ReviewFile extends PatchFile, CountedFile {
  /** By its name: a tool writes it. */
  readonly generated: boolean;
  /** Its number in git's order. */
  readonly place: number;
  readonly risk: Risk;
  readonly flags: readonly PatchFlag[];
}

const RANK: Readonly<Record<Risk, number>> = { high: 0, medium: 1, low: 2 };

function riskOf(flags: readonly PatchFlag[]): Risk {
  if (flags.some(({ severity }) => severity !== "notice")) return "high";
  return flags.length > 0 ? "medium" : "low";
}

const NAME: Spot = { from: -1, to: -1 };

/**
 * The files of a patch, the riskiest first. git writes the patch in the order of the list; a list and a text that
 * disagree are shown as nothing, never as something else.
 */
export function reviewFiles(
  files: readonly PatchFile[],
  flags: readonly PatchFlag[],
  counted: readonly CountedFile[],
): ReviewFile[] {
  if (counted.length !== files.length) {
    throw new RangeError(`The patch holds ${counted.length} files, its list ${files.length}.`);
  }
  const byPath = Map.groupBy(flags, ({ path }) => path);
  const reviewed = files.map((file, place) => {
    const own = byPath.get(file.path) ?? [];
    const text = counted[place] as CountedFile;
    const inName = hiddenCount(file.path, "line") + hiddenCount(file.previousPath ?? "", "line");
    const hidden = text.hidden + inName;
    const isDoubtful = hidden + text.masked + text.lookalikes > 0;
    const { parts, hunks, lookalikes, masked, space, lastNumber, binary } = text;
    return {
      ...file,
      ...{ parts: parts.map(bare), hunks, hidden, lookalikes, masked, space, lastNumber, binary, place },
      generated: isGenerated(file.path),
      spots: inName > 0 ? [NAME, ...text.spots] : text.spots,
      risk: isDoubtful ? ("high" as const) : riskOf(own),
      flags: own,
    };
  });
  return reviewed.sort((a, b) => RANK[a.risk] - RANK[b.risk] || (a.path < b.path ? -1 : 1));
}

/** What a browser needs of a part. */
const bare = ({ line, lines, pairs, hunks, oldLine, newLine, length, sha256 }: SourcePart): SourcePart => ({
  ...{ line, lines, pairs, hunks, oldLine, newLine, length, sha256 },
});

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
