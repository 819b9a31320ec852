// Saves a draft while it is written: one save after the other, always the newest, nothing while the form itself is on its way.
import type { DraftAnswer, SaveDraft } from "#lib/drafts/schema.ts";
import type { FormValues } from "#lib/pilots/form.ts";

export type Saving =
  | { readonly kind: "nothing" }
  | { readonly kind: "saving" }
  | { readonly kind: "saved"; readonly at: number }
  /** `isOver`: another place saved since, or it is gone; nothing is saved from here any more. */
  | {
      readonly kind: "refused";
      readonly sentence: string;
      readonly isOver: boolean;
      /** Signed in again elsewhere in this browser, it is saved when one comes back. */
      readonly isSignedOut: boolean;
    };

export interface DraftToSave {
  readonly id: string;
  /** Zero where it was never saved. */
  readonly version: number;
  readonly pilotId: string | null;
  readonly values: FormValues;
  readonly step: string;
  /** What the form began with; while it is that, nothing is saved. */
  readonly start: FormValues;
  readonly save: (draft: SaveDraft) => Promise<DraftAnswer>;
  /** The form itself is on its way. An address that changes meanwhile takes the place its answer leads to away. */
  readonly isSending: boolean;
}

interface Known {
  readonly version: number;
  readonly values: FormValues;
}

// Of this tab: a page that comes back from the history was read before what was saved since.
const known = new Map<string, Known>();

/** What this tab saved of it last. */
export const rememberedValues = (id: string): FormValues | null => known.get(id)?.values ?? null;

const textOf = ({ values, step }: Pick<DraftToSave, "values" | "step">) => JSON.stringify([step, values]);

export interface SaverPorts {
  /** The draft as it is at this moment. */
  readonly newest: () => DraftToSave;
  readonly tell: (saving: Saving) => void;
  /** So that a page that is read anew goes on with it. */
  readonly rememberInAddress: (id: string) => void;
  readonly now: () => number;
}

/** Saves what is not saved yet, and what was typed meanwhile. Calls that come while it is at work are answered by that. */
export function createSaver({ newest, tell, rememberInAddress, now }: SaverPorts): () => Promise<void> {
  const first = newest();
  const state = { saved: textOf({ values: first.start, step: first.step }), isBusy: false, isOver: false };

  async function saveOnce(draft: DraftToSave, text: string): Promise<void> {
    const { id, pilotId, step, values, version, save } = draft;
    const expected = known.get(id)?.version ?? version;
    const answer = await save({ id, pilotId, step, values: { ...values }, version: expected });
    if (answer.ok) {
      known.set(id, { version: answer.value.version, values });
      state.saved = text;
      tell({ kind: "saved", at: now() });
      // It may have been sent while this was under way.
      if (!newest().isSending) rememberInAddress(id);
      return;
    }
    state.isOver = answer.code === "conflict" || answer.code === "not_found";
    const isSignedOut = answer.code === "unauthenticated";
    tell({ kind: "refused", sentence: answer.error, isOver: state.isOver, isSignedOut });
  }

  return async function flush(): Promise<void> {
    const draft = newest();
    const text = textOf(draft);
    if (state.isBusy || state.isOver || draft.isSending || text === state.saved) return;
    state.isBusy = true;
    tell({ kind: "saving" });
    try {
      await saveOnce(draft, text);
    } catch {
      // The server did not answer: said, and tried again at the next word or when one comes back.
      const sentence = "It could not be saved just now.";
      tell({ kind: "refused", sentence, isOver: false, isSignedOut: false });
    } finally {
      state.isBusy = false;
    }
    if (text !== textOf(newest())) await flush();
  };
}
