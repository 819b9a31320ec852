// What is said of a patch whose base moved. Pure.
import type { RebaseFault } from "./schema.ts";

const short = (commit: string): string => commit.slice(0, 12);

export const voidedSentence = (from: string, to: string): string =>
  `The base moved from ${short(from)} to ${short(to)}; approvals are void.`;

export const ASKED = "Whether the patch stands unchanged on the new base is being looked at.";

export const AGAIN_BY_AGENT = "The work is done again on the new base.";

export const rebasedSentence = (to: string): string =>
  `The base moved to ${short(to)}, and the patch stands unchanged on it: it is tested there, and a new gate opens.`;

/** As the run's reason: an agent has it next. */
export function faultSentence(fault: RebaseFault, to: string): string {
  switch (fault) {
    case "changed":
      return `On the new base ${short(to)} the patch is another one, for the branch changed the same files. ${AGAIN_BY_AGENT}`;
    case "nothing_left":
      return `The new base ${short(to)} has all of the patch already. ${AGAIN_BY_AGENT}`;
    case "not_there":
      return `The patch cannot be read any more, so it cannot be put on the new base ${short(to)}. ${AGAIN_BY_AGENT}`;
    case "not_made":
      return `The patch could not be put on the new base ${short(to)}, though it was tried several times. ${AGAIN_BY_AGENT}`;
  }
}
