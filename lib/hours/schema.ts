import { z } from "zod";

/** From Monday, as weeks are counted. */
export const WeekDay = z.enum(["mon", "tue", "wed", "thu", "fri", "sat", "sun"]);
export type WeekDay = z.infer<typeof WeekDay>;

const TIME = "Write a time of day such as 09:00; the end of a day is 24:00.";

/** By the clock on the wall, to the minute. */
export const TimeOfDay = z.string({ error: TIME }).regex(/^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$/, TIME);

/** When people are there. No days: always. */
export interface WorkingHours {
  readonly days: readonly WeekDay[];
  /** As 09:00. */
  readonly from: string;
  readonly to: string;
  readonly timeZone: string;
}
