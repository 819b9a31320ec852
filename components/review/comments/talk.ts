import type { CauseView } from "#lib/causes/schema.ts";
import type { ThreadView } from "#lib/comments/schema.ts";
import type { FormAction } from "../../form/state.ts";
import type { LineRange } from "../diff/contract.ts";

export interface CauseAnswer {
  readonly ok: boolean;
  readonly value?: CauseView;
  readonly error?: string;
}

/** What a review page knows of what was said, and what this person may do about it. */
export interface Talk {
  readonly threads: readonly ThreadView[];
  /** Each null for a person who may not. */
  readonly comment: FormAction | null;
  readonly reply: FormAction | null;
  readonly settle: FormAction | null;
  readonly send: FormAction | null;
  /** Why nothing can be sent to the agent now; null where it can. */
  readonly whyNotSent: string | null;
  /** What suggesting code costs whoever does it. */
  readonly suggesting: { readonly text: string; readonly serious: boolean } | null;
  readonly whatWrote: (at: {
    readonly runId: string;
    readonly patchId: string;
    readonly path: string;
    readonly side: LineRange["side"];
    readonly line: number;
  }) => Promise<CauseAnswer>;
}

export const NO_TALK: Talk = {
  ...{ threads: [], comment: null, reply: null, settle: null, send: null, suggesting: null },
  whyNotSent: null,
  whatWrote: async () => ({ ok: false, error: "Nothing is known of this line." }),
};

export const linesInWords = ({ side, from, to }: Pick<ThreadView, "side" | "from" | "to">): string =>
  `${from === to ? `line ${from}` : `lines ${from} to ${to}`}${side === "old" ? " of the base" : ""}`;

/** What became of a thread's lines, in few words; null where it is about the patch that is shown. */
export function nowInWords({ now, attempt }: Pick<ThreadView, "now" | "attempt">): string | null {
  switch (now.state) {
    case "here":
      return null;
    case "same":
      return `Said of attempt ${attempt}. These lines are as they were.`;
    case "moved":
      return `Said of attempt ${attempt}. These lines are as they were, and stand elsewhere now.`;
    case "changed":
      return `Said of attempt ${attempt}. These lines were changed since.`;
    case "gone":
      return `Said of attempt ${attempt}. These lines are gone.`;
    case "unknown":
      return `Said of attempt ${attempt}. What became of its lines is not known: ${now.why}`;
  }
}
