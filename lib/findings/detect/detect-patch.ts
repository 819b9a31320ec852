// What a patch shows: the flags of the tree policy, secrets it adds, and what its new lines tell whoever reads them.
import type { PatchFlag } from "../../patches/schema.ts";
import { BUNDLE_REFUSED, NOT_SEARCHED_RULE, SECRET_IN, treeRule } from "../catalog.ts";
import { TEXT_RULES } from "../conduct/text-rules.ts";
import type { Sighting } from "../schema.ts";
import { detectTexts, type Piece, type WatchedText } from "./detect-texts.ts";

export interface WatchedPatch {
  /** Null where it never became one. */
  readonly patchId: string | null;
  readonly attempt: number;
  readonly at: number;
  readonly flags: readonly PatchFlag[];
  /** Unified, as git writes it. */
  readonly diff: string;
  /** What commits of the branch held and its last tree does not. */
  readonly left?: {
    readonly texts: readonly { readonly path: string; readonly text: string }[];
    /** Contents that were too large or too many to be read. */
    readonly unread: number;
  };
}

const place = ({
  attempt,
  at,
  patchId,
}: Pick<WatchedPatch, "attempt" | "at" | "patchId">): Piece["place"] => ({
  ...{ attempt, at, patchId },
});

export const flagSightings = (patch: Omit<WatchedPatch, "diff" | "left">): Sighting[] =>
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

/** For secrets alone: what such lines tell their readers they tell nobody. */
const leftTexts = (patch: WatchedPatch): WatchedText[] =>
  (patch.left?.texts ?? []).map(({ path, text }) => ({
    ...{ subject: path, path: path.slice(0, 4096), rules: [], secrets: SECRET_IN.left },
    pieces: [{ text, isNew: true, place: place(patch) }],
  }));

function unreadLeft(patch: WatchedPatch): Sighting[] {
  const unread = patch.left?.unread ?? 0;
  if (unread === 0) return [];
  const text = `${unread} contents that commits of the branch held, and its last tree does not, were not looked through.`;
  const evidence = { text, path: null, line: null };
  return [{ rule: NOT_SEARCHED_RULE, subject: "left behind", evidence, ...place(patch) }];
}

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
  const inPatch = await detectTexts(texts, BUDGET);
  // With a budget of its own: a long history keeps no line of the patch from being searched, nor the other way round.
  const inLeft = await detectTexts(leftTexts(patch), BUDGET);
  return [...flagSightings(patch), ...inPatch, ...inLeft, ...unreadLeft(patch)];
}
