// Minutes people spend on runs: what a page tells, and what is shown of them to whom.
import { z } from "zod";

/** The page somebody looks at. */
export const Purpose = z.enum(["review", "run", "finding"]);
export type Purpose = z.infer<typeof Purpose>;

/** Longer without a key, a pointer or a touch, and nobody is taken to be at work. */
export const IDLE_AFTER_MS = 60_000;
/** A page speaks up so often. */
export const BEAT_EVERY_MS = 20_000;

export const Beat = z.strictObject({
  runId: z.string().min(1).max(100),
  purpose: Purpose,
  /** Visible and active since the page last spoke; what is believed of it the server says. */
  activeMs: z.number().int().min(0).max(60_000),
});
export type Beat = z.infer<typeof Beat>;

export interface Beaten {
  readonly creditedMs: number;
  /** The question of the day is still to be asked. */
  readonly asks: boolean;
  /** Nothing is counted: by the installation, or by this person's own choice. */
  readonly isOff: boolean;
}

export const AnswerSample = z.strictObject({
  /** Which pilot it was about. */
  runId: z.string().min(1).max(100),
  /** Null: it was waved away. */
  minutes: z
    .number({ error: "Write minutes as a whole number." })
    .int("Write whole minutes.")
    .min(0, "Write 0 or more minutes.")
    .max(960, "Write at most 960 minutes.")
    .nullable(),
});
export type AnswerSample = z.infer<typeof AnswerSample>;

/** A row of one's own. */
export interface OwnMinutes {
  /** In the pilot's time zone. */
  readonly day: string;
  readonly runId: string;
  readonly purpose: Purpose;
  readonly afterMerge: boolean;
  readonly pilotId: string;
  readonly milliseconds: number;
}

export interface OwnView {
  readonly rows: readonly OwnMinutes[];
  readonly isOff: boolean;
  readonly isOffHere: boolean;
  readonly keptDays: number;
}

/** A week of a pilot that is over. Null: too few people to show. */
export interface TeamWeek {
  /** Its Monday. */
  readonly week: string;
  readonly endsAt: Date;
  readonly minutes: number | null;
  /** Of those: on runs that were merged already, and on taking merges back. */
  readonly afterMergeMinutes: number | null;
  /** As people said; null where fewer than three did. */
  readonly offToolMinutes: number | null;
}

/** Fewer people, and nothing is told of them together. */
export const FEWEST_PEOPLE = 3;
