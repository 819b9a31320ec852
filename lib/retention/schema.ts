import { z } from "zod";

const DAYS = "A whole number of days from 1 to 36500, or nothing to keep everything.";

/** As the form sends it: an empty field keeps everything; a box that is not ticked is not sent. */
export const SetRetention = z.object({
  pilotId: z.string().min(1).max(100),
  days: z.preprocess(
    (value) => (value === "" || value === undefined ? null : value),
    z.coerce.number({ error: DAYS }).int(DAYS).min(1, DAYS).max(36_500, DAYS).nullable(),
  ),
  isHeld: z.preprocess((value) => value === "on" || value === true, z.boolean()),
  reason: z.string().trim().min(3, "Say why in a few words.").max(500, "At most 500 characters."),
  /** Runs the person was told would lose their payloads; asked again when it has become more. */
  agreedRuns: z.coerce.number().int().min(0).default(0),
});
export type SetRetention = z.infer<typeof SetRetention>;

export interface RetentionView {
  /** Days payloads are kept after a run's end; null keeps them. */
  readonly days: number | null;
  readonly isHeld: boolean;
  readonly holdReason: string | null;
  readonly setByName: string | null;
  readonly setAt: Date | null;
  /** Runs that ended and still have their payloads. */
  readonly endedRuns: number;
  /** Of them, those whose time is over: taken away within the hour. */
  readonly dueRuns: number;
}
