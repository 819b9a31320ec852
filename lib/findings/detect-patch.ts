// What a patch shows: the flags of the tree policy, secrets it adds, and what its new lines tell whoever reads them.
import type { PatchFlag } from "../patches/schema.ts";
import { BUNDLE_REFUSED, SECRET_IN, treeRule } from "./catalog.ts";
import { TEXT_RULES } from "./conduct/text-rules.ts";
import { detectTexts, type Piece, type WatchedText } from "./detect-texts.ts";
import type { Sighting } from "./schema.ts";

export interface WatchedPatch {
  /** Null where it never became one. */
  readonly patchId: string | null;
  readonly attempt: number;
  readonly at: number;
  readonly flags: readonly PatchFlag[];
  /** Unified, as git writes it. */
  readonly diff: string;
}

const place = ({
  attempt,
  at,
  patchId,
}: Pick<WatchedPatch, "attempt" | "at" | "patchId">): Piece["place"] => ({
  ...{ attempt, at, patchId },
});

export const flagSightings = (patch: Omit<WatchedPatch, "diff">): Sighting[] =>
  patch.flags.flatMap(({ rule: name, path, sentence }): Sighting[] => {
    const rule = treeRule(name);
    if (!rule) return [];
    const evidence = {
      text: sentence.slice(0, 1000).toWellFormed(),
      path: path?.slice(0, 4096) ?? null,
      line: null,
    };
    return [{ rule, subject: path ?? "", evidence, ...place(patch) }];
  });

/** Nothing of it could be looked into. */
export const refusedBundle = (attempt: number, at: number, sentence: string): Sighting => ({
  ...{ rule: BUNDLE_REFUSED, subject: "", attempt, at },
  evidence: { text: sentence.slice(0, 1000).toWellFormed(), path: null, line: null },
});

/** git quotes names that hold what is not plain; such a name is shown as git shows it. */
const NEW_NAME = /^\+\+\+ (?:b\/(.*)|("b\/.*"))$/;
const HUNK = /^@@ -\d+(?:,\d+)? \+(\d+)/;

interface AddedFile {
  readonly path: string;
  readonly pieces: Piece[];
  readonly lines: number[];
}

/** Lines that a diff adds, by file, each with its number in the new file. Lines in between part what does not follow. */
export function addedLines(patch: WatchedPatch): AddedFile[] {
  const files: AddedFile[] = [];
  let next = 0;
  let isHead = true;
  for (const line of patch.diff.split("\n")) {
    if (line.startsWith("diff --git ")) isHead = true;
    const named = isHead ? NEW_NAME.exec(line) : null;
    if (named) files.push({ path: named[1] ?? named[2] ?? "", pieces: [], lines: [] });
    const hunk = HUNK.exec(line);
    if (hunk && !line.startsWith("+")) {
      isHead = false;
      next = Number(hunk[1]);
    } else if (!isHead) {
      if (line.startsWith("+")) {
        const file = files.at(-1);
        file?.pieces.push({ text: `${line.slice(1)}\n`, isNew: true, place: place(patch) });
        file?.lines.push(Math.max(1, next));
      }
      if (line.startsWith("+") || line.startsWith(" ")) next += 1;
    }
  }
  return files.filter(({ pieces }) => pieces.length > 0);
}

/** Bytes of a diff that are looked through; what is above is said. */
const BUDGET = { characters: 16 * 1024 * 1024, milliseconds: 8000 };

export async function detectPatch(patch: WatchedPatch): Promise<Sighting[]> {
  const texts = addedLines(patch).map(
    ({ path, pieces, lines }): WatchedText => ({
      ...{
        subject: path,
        path: path.slice(0, 4096),
        rules: TEXT_RULES,
        secrets: SECRET_IN.patch,
        pieces,
        lines,
      },
    }),
  );
  return [...flagSightings(patch), ...(await detectTexts(texts, BUDGET))];
}
