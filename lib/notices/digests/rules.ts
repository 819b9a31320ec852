// When the brief of a day is told. Pure.
import type { RoleGrant } from "../../authz/schema.ts";
import { viewsOf } from "../../briefs/rules.ts";
import { DAY, HOUR } from "../../clock.ts";
import { minuteOfToday } from "../../hours/rules.ts";
import { dayIn } from "../../pilots/rules.ts";

/** 08:00, until somebody chooses. */
export const USUAL_MINUTE = 8 * 60;

/** After an outage it is told late; later than this it is no brief of its day any more, and that day's is left out. */
const LATEST = 6 * HOUR;

/** On for whoever leads until they say otherwise; off for everybody else. */
export const isOnByRole = (grants: readonly RoleGrant[]): boolean => !viewsOf(grants).includes("overview");

export interface DigestTime {
  readonly timeZone: string;
  readonly minute: number;
  /** When they chose it; null where nobody did. */
  readonly chosenAt: number | null;
  readonly createdAt: number;
}

/**
 * The day that is to be told now, by the person's own calendar; null where none is. Of an hour late in the evening that is
 * yesterday until six hours are over. The first one covers a whole day.
 */
export function dueDay({ timeZone, minute, chosenAt, createdAt }: DigestTime, now: number): string | null {
  const today = minuteOfToday(timeZone, now, minute);
  const yesterday = minuteOfToday(timeZone, now, 0) - 1;
  const at = today <= now ? today : minuteOfToday(timeZone, yesterday, minute);
  const from = chosenAt ?? createdAt + DAY;
  return now < at + LATEST && from <= at ? dayIn(timeZone, at) : null;
}
