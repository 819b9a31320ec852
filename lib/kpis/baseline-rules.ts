// What "baseline" means, wherever a number is held against it. Pure.
import { DAY } from "../clock.ts";

export interface BaselineFacts {
  readonly activatedAt: Date;
  /** Until when the charter kept agents out; null where it did not. */
  readonly baselineUntil: Date | null;
}

/** The time without agents where the charter has one, else the pilot's first seven days. `to` is not of it. */
export const baselineSpan = ({
  activatedAt,
  baselineUntil,
}: BaselineFacts): { readonly from: Date; readonly to: Date } => ({
  from: activatedAt,
  to: baselineUntil ?? new Date(activatedAt.getTime() + 7 * DAY),
});
