// Which pieces of requests a bundle has shown. Agents send all of their history with every call, so a piece is shown once.
// Usually that is where the call stands that brought it; but a run that was launched in an earlier epoch brought pieces there
// too, and those are shown again where this bundle first needs them.
import { detailOf } from "../../record/rules.ts";
import type { Entry } from "../../record/schema.ts";
import { subjectId } from "./cited.ts";

export interface ShownPieces {
  /** To be told each entry of the bundle, in order. */
  take(entry: Entry): void;
  /** Whether everything this run ever asked stands in this bundle. */
  isWhole(runId: string): boolean;
  /** Remembers a piece of a run that is not whole; true where it was shown already. */
  isAgain(runId: string, commitment: string): boolean;
}

export function shownPieces(): ShownPieces {
  const launched = new Set<string>();
  const shown = new Set<string>();
  return {
    take(entry) {
      const runId = detailOf("run.launched", entry) ? subjectId(entry, "run") : null;
      if (runId !== null) launched.add(runId);
    },
    isWhole: (runId) => launched.has(runId),
    isAgain(runId, commitment) {
      const piece = `${runId} ${commitment}`;
      return shown.has(piece) || !shown.add(piece);
    },
  };
}
