import { z } from "zod";

const Mark = z
  .string({ error: "Choose 1 to 5." })
  .regex(/^[1-5]$/, "Choose 1 to 5.")
  .transform(Number);

export const ScoreDocument = z.strictObject({
  runId: z.string().min(1).max(100),
  accuracy: Mark,
  completeness: Mark,
  clarity: Mark,
});
export type ScoreDocument = z.infer<typeof ScoreDocument>;

export interface ScoreView {
  /** Whoever asks has given theirs, which stands. */
  readonly isGiven: boolean;
  /** The run wrote a document, and it was approved. */
  readonly isDue: boolean;
  readonly scores: number;
  /** Of all that were given; null where none was. */
  readonly mean: number | null;
}
