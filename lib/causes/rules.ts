// From a line of a patch to what wrote it, by what was recorded: which item of the agent changed which paths, and what its text
// held. It never says more than that. Pure.
import type { CauseView, Certainty, Writer } from "./schema.ts";

/** Something an agent did after which the file was another one. */
export interface Candidate extends Writer {
  /** All that was recorded of its text. */
  readonly text: string;
  /** The file is not among those named, but not all that changed are named. */
  readonly isMaybe: boolean;
}

export interface CauseFacts {
  /** The line's own text. */
  readonly line: string;
  readonly isInBase: boolean;
  /** In the order they happened. */
  readonly candidates: readonly Candidate[];
  /** Some of what was recorded was taken away. */
  readonly isTakenAway: boolean;
}

const MOST_SHOWN = 20;
/** Shorter lines stand in nearly every text. */
const TELLING = 4;

/** Also as it stands in JSON, which is how calls of tools are recorded. */
function holds(text: string, line: string): boolean {
  const own = line.trim();
  if (own.length < TELLING) return false;
  return text.includes(own) || text.includes(JSON.stringify(own).slice(1, -1));
}

const SENTENCES: Readonly<Record<Certainty, string>> = {
  only: "Nothing else that the agent did changed this file.",
  holds: "Several things changed this file; the text of this one alone holds the line.",
  several:
    "Each of these changed this file and could have written the line; what was recorded does not say which.",
  base: "The line stands in the base: this run did not write it.",
  unknown: "Nothing that was recorded says what wrote this line.",
};
const TAKEN_AWAY = " Events of the run were taken away, so there may have been more.";
const MAYBE = " More files changed than were named, so this one is among them only perhaps.";

export function causeOf({ line, isInBase, candidates, isTakenAway }: CauseFacts): CauseView {
  if (isInBase) return { certainty: "base", writers: [], more: 0, sentence: SENTENCES.base };
  const sure = candidates.filter(({ isMaybe }) => !isMaybe);
  const holding = candidates.filter(({ text }) => holds(text, line));
  const [certainty, found] = judge(candidates, sure, holding);
  const shown = found.toReversed().slice(0, MOST_SHOWN);
  const isPerhaps = shown.some(({ isMaybe }) => isMaybe);
  return {
    certainty,
    writers: shown.map(({ text: _text, isMaybe: _isMaybe, ...writer }) => writer),
    more: found.length - shown.length,
    sentence: `${SENTENCES[certainty]}${isPerhaps ? MAYBE : ""}${isTakenAway ? TAKEN_AWAY : ""}`,
  };
}

function judge(
  all: readonly Candidate[],
  sure: readonly Candidate[],
  holding: readonly Candidate[],
): [Certainty, readonly Candidate[]] {
  if (all.length === 0) return ["unknown", []];
  if (all.length === 1 && sure.length === 1) return ["only", all];
  if (holding.length === 1) return ["holds", holding];
  return ["several", holding.length > 1 ? holding : all];
}
