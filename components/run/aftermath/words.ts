// What became of a merge, in words. Pure.
import type { SeenBy, Sighting, WatchState } from "#lib/merge-watches/schema.ts";
import { plural } from "../../format.ts";

const short = (commit: string): string => commit.slice(0, 12);

/** One line for what was seen. */
export function seenWords({ seen, commit, lines, ofLines }: Sighting): string {
  switch (seen) {
    case "reverted_here":
      return `Reverted by a run of Pilothouse, with ${short(commit)}.`;
    case "reverted_by_hand":
      return `Reverted by hand: at ${short(commit)} its files are as they were before it.`;
    case "rewritten":
      return `The branch was rewritten: at ${short(commit)} it no longer holds the merge.`;
    case "changed_again":
      return `${lines ?? 0} of the ${plural(ofLines ?? 0, "line")} it brought ${lines === 1 ? "was" : "were"} changed again, as of ${short(commit)}.`;
    case "check_failed":
      return `A check from outside failed at ${short(commit)}.`;
  }
}

const SOURCES: Readonly<Record<SeenBy, string>> = {
  trees: "seen by comparing trees",
  lines: "seen by comparing lines",
  ancestry: "seen by asking the branch",
  run: "known from the run",
  check: "told by the check",
};

export const sourceWords = (source: SeenBy): string => SOURCES[source];

export const STATE_WORDS: Readonly<Record<WatchState, string>> = {
  watching: "Watched",
  held: "Held",
  reverted: "Reverted",
  rewritten: "Branch rewritten",
};

/** What the click does, before it is done. */
export const revertSentence = (where: string): string =>
  `A run is made that undoes exactly what this merge changed on ${where}, on top of whatever came after it. No agent has a hand in it. It is tested by a runner, its tests have to be as they were before the merge, and it waits at a merge gate of its own, at which you may not decide, because you asked for it. Nothing is moved before.`;
