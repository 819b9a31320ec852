// What somebody began to write and has not sent: the texts of a charter's form, by its fields.
import { z } from "zod";

const MOST_TEXT = 40_000;

/** A text per field; the choices of a group as a list. */
const DraftValues = z
  .record(
    z.string().max(100),
    z.union([z.string().max(MOST_TEXT), z.array(z.string().max(200)).max(200).readonly()]),
  )
  .readonly();
export type DraftValues = z.infer<typeof DraftValues>;

const DraftId = z.string().regex(/^dft_[0-9a-hjkmnp-tv-z]{22}$/);

export const SaveDraft = z.object({
  id: DraftId,
  /** The pilot another version is written for; null for a new one. */
  pilotId: z.string().max(100).nullable(),
  step: z.string().max(20),
  values: DraftValues,
  /** That the writer began from; zero where it was never saved. */
  version: z.int().min(0).max(1_000_000_000),
});
export type SaveDraft = z.infer<typeof SaveDraft>;

export const DiscardDraft = z.object({ id: DraftId });

/** As the door answers; what else it says is not needed here. */
export type DraftAnswer =
  | { readonly ok: true; readonly value: { readonly version: number } }
  | { readonly ok: false; readonly error: string; readonly code: string };

export interface Draft {
  readonly id: string;
  readonly pilotId: string | null;
  readonly step: string;
  readonly values: DraftValues;
  readonly version: number;
}

/** As lists show it. */
export interface DraftView {
  readonly id: string;
  readonly pilotId: string | null;
  /** Of the pilot it is for; null for a new one. */
  readonly pilotName: string | null;
  /** As typed, and maybe nothing. */
  readonly name: string;
  readonly updatedAt: Date;
}
