import { refused } from "#lib/errors.ts";
import { visibleText } from "#lib/text/rules.ts";
import type { Execution } from "../execute.ts";
import { type Frame, readFrames } from "../frames.ts";

export const BUNDLE_BYTES = 64 * 1024 * 1024;
const PATH_LENGTH = 4096;

export interface ChangedFile {
  readonly path: string;
  /** Lines; 0 for a binary file. */
  readonly added: number;
  readonly removed: number;
}

export interface Bundle {
  readonly bytes: Buffer;
  readonly files: readonly ChangedFile[];
}

type Outcome = Pick<Execution, "result" | "isResultCut" | "tail"> & {
  readonly exit: { readonly code: number | null };
};

/** Reads what bundle.sh hands out; throws a sentence when there is no bundle. */
export function readBundle({ exit, result, isResultCut, tail }: Outcome): Bundle {
  const frames = isResultCut ? null : readFrames(result);
  const [tree, numstat, bundle, ...more] = frames ?? [];
  if (tree?.name === "tree" && numstat?.name === "oversized") {
    throw refused(`The patch is larger than ${BUNDLE_BYTES / 1024 / 1024} MB.`);
  }
  const isWhole =
    exit.code === 0 && tree?.name === "tree" && numstat?.name === "numstat" && bundle?.name === "bundle";
  if (!isWhole || more.length > 0)
    throw refused(`The patch could not be bundled. ${reason(tree, tail)}`.trim());
  return { bytes: bundle.bytes, files: parseNumstat(numstat.bytes) };
}

function reason(first: Frame | undefined, tail: string): string {
  return visibleText((first?.name === "broken" ? first.bytes.toString("utf8") : tail).trim().slice(0, 1000));
}

/** `added TAB removed TAB path NUL`, "-" for binary. */
export function parseNumstat(bytes: Buffer): ChangedFile[] {
  const lines = bytes
    .toString("utf8")
    .split("\0")
    .filter((entry) => entry !== "");
  return lines.map((entry) => {
    const match = /^(\d+|-)\t(\d+|-)\t(.+)$/s.exec(entry);
    if (!match) throw refused("The list of changed files is not readable.");
    const [, added = "-", removed = "-", path = ""] = match;
    const count = (text: string) => (text === "-" ? 0 : Number(text));
    return {
      path: visibleText(path, "line").slice(0, PATH_LENGTH).toWellFormed(),
      added: count(added),
      removed: count(removed),
    };
  });
}
