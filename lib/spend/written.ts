// Figures as people write them in a form.
import { z } from "zod";
import { RunKind } from "../pilots/schema/goal.ts";
import { Dollars } from "../prices/dollars.ts";

const id = z.string().min(1).max(100);
const Source = z
  .string()
  .trim()
  .min(1, "Say where the figure is from: a time sheet, a bill, an estimate of whom.")
  .max(500, "Write at most 500 characters.");
const FromDay = z.iso.date("Write a day as 2030-12-31.");
const Minutes = z
  .string({ error: "Write whole minutes." })
  .trim()
  .regex(/^\d{1,5}$/, "Write whole minutes, at most 99,999.")
  .transform(Number);
const HOURLY = 1_000_000_000;

/** Minutes a fix of a kind of run took before, from a low to a high figure. */
export const SetFix = z
  .strictObject({ pilotId: id, kind: RunKind, low: Minutes, high: Minutes, fromDay: FromDay, source: Source })
  .refine(({ low, high }) => low <= high, {
    ...{ path: ["high"], message: "The high figure is at least the low one." },
  });
export type SetFix = z.infer<typeof SetFix>;

export const SetHour = z.strictObject({
  pilotId: id,
  what: z.enum(["runner_hour", "person_hour"]),
  price: Dollars.refine((micros) => micros <= HOURLY, "Write at most 1,000 dollars for an hour."),
  fromDay: FromDay,
  source: Source,
});
export type SetHour = z.infer<typeof SetHour>;
