// What a model was asked: its entry binds the commitments of the request's head and items, in order. Agents send their
// history with every call, so a piece is shown after the entry of the first call it was in, and only named after later
// ones: those are held against what this file has shown of the run before.
import { createHash } from "node:crypto";
import { type Entry, isDigest, runsOf } from "./members.ts";
import type { Findings } from "./report.ts";
import { type Hash, hashOfHex } from "./tree.ts";

/** Name of the blobs that are pieces of a request. */
export const ITEM = "item";
/** Pieces remembered of all runs together: 72 MB at most, measured. */
const MOST_PIECES = 1 << 20;

const takes = ({ kind }: Entry): boolean => kind === "model.called";

/** The pieces that were shown, by run. Beyond `most`, runs that showed none for the longest time are forgotten. */
function createShown(most: number) {
  const runs = new Map<string, Set<Hash>>();
  let held = 0;
  return {
    has: (run: string, piece: Hash): boolean => runs.get(run)?.has(piece) ?? false,
    add(run: string, piece: Hash): void {
      const pieces = runs.get(run) ?? new Set();
      runs.delete(run);
      for (const [oldest, { size }] of runs) {
        if (held < most) break;
        runs.delete(oldest);
        held -= size;
      }
      runs.set(run, pieces);
      if (pieces.has(piece) || held >= most) return;
      pieces.add(piece);
      held += 1;
    },
  };
}

/** `isFull`: payloads are meant to be in the file. */
export function createRequests(findings: Findings, isFull: boolean, most = MOST_PIECES) {
  const shown = createShown(most);
  const untold = isFull ? "not_shown" : "note";
  /** Of the newest entry: its pieces in their order, and those that are only named and were not shown. */
  let [digest, pieces, unseen] = [createHash("sha256"), 0, 0];

  return {
    /** Whether pieces of a request may follow the entry. */
    takes,

    /** `isElsewhere`: it is only named. Otherwise it follows, or the place says that it was redacted. */
    add(entry: Entry, commitment: string, isElsewhere: boolean): void {
      const [run, piece] = [runsOf(entry)[0] ?? "", hashOfHex(commitment)];
      digest.update(piece, "binary");
      pieces += 1;
      if (!isElsewhere) shown.add(run, piece);
      else if (!shown.has(run, piece)) unseen += 1;
    },

    /** Nothing more follows the entry. */
    close(entry: Entry): void {
      if (!takes(entry)) return;
      const { index, detail } = entry;
      const [bound, followed, missed] = [digest.digest("hex"), pieces, unseen];
      [digest, pieces, unseen] = [createHash("sha256"), 0, 0];
      if (followed === 0) {
        const says = "What the model was asked does not follow, redacted or not.";
        if (isFull && isDigest(detail.request)) findings.add("contents", "not_shown", says, index);
        return;
      }
      const wrong = "The pieces of the request that follow are not those it binds, in number and order.";
      if (bound !== detail.request || followed !== Number(detail.items) + 1)
        findings.add("contents", "fails", wrong, index);
      const says = `${missed} pieces of the request are said to be shown before, and this file does not show them.`;
      if (missed > 0) findings.add("contents", untold, says, index);
    },
  };
}
