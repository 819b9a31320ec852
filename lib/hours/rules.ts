// Hours of work in a time zone whose clocks are put forward and back. They are spans of real time: of each day from the
// first moment at which the wall's clock shows the beginning until the first at which it shows the end. A time that a day
// leaves out begins when the clocks have jumped over it.
import { DAY, MINUTE, SECOND } from "../clock.ts";
import { WeekDay, type WorkingHours } from "./schema.ts";

const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone);
  if (known) return known;
  const fields = { year: "numeric", month: "numeric", day: "numeric" } as const;
  const made = new Intl.DateTimeFormat("en-u-ca-iso8601", {
    ...{ timeZone, hourCycle: "h23", ...fields, hour: "numeric", minute: "numeric", second: "numeric" },
  });
  formats.set(timeZone, made);
  return made;
}

/** What the wall's clock shows, as if it were UTC: milliseconds since 1970, to the second. */
function wall(timeZone: string, at: number): number {
  const parts: Record<string, number> = {};
  for (const { type, value } of formatOf(timeZone).formatToParts(at)) parts[type] = Number(value);
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
  return Date.UTC(year, month - 1, day, hour, minute, second);
}

const offset = (timeZone: string, at: number) => wall(timeZone, at) - Math.floor(at / SECOND) * SECOND;

/** The first moment at which the wall's clock shows `shown` or later. */
function firstAt(timeZone: string, shown: number): number {
  const before = offset(timeZone, shown - DAY);
  const after = offset(timeZone, shown + DAY);
  const early = shown - before;
  if (before === after || offset(timeZone, early) === before) return early;
  const late = shown - after;
  if (offset(timeZone, late) === after) return late;
  // The clocks jump over it: it begins where they do.
  let [still, jumped] = [Math.min(early, late) - DAY, Math.max(early, late)];
  while (jumped - still > 1) {
    const middle = Math.floor((still + jumped) / 2);
    if (offset(timeZone, middle) === before) still = middle;
    else jumped = middle;
  }
  return jumped;
}

/** When the wall's clock first shows a minute of the day that `at` is in; where the clocks jump over it, when they do. */
export const minuteOfToday = (timeZone: string, at: number, minute: number): number =>
  firstAt(timeZone, Math.floor(wall(timeZone, at) / DAY) * DAY + minute * MINUTE);

const minutesOf = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3));

export interface Span {
  readonly from: number;
  readonly to: number;
}

/** Far more than any deadline of a charter takes, where people work one hour a week. */
const MOST_DAYS = 8000;

/** The spans of work that end after `at`, one a day of work. Only of hours that name days. */
function* spansFrom({ days, from, to, timeZone }: WorkingHours, at: number): Generator<Span> {
  const today = Math.floor(wall(timeZone, at) / DAY) * DAY;
  for (let count = 0; count < MOST_DAYS; count++) {
    const day = today + count * DAY;
    const name = WeekDay.options[(new Date(day).getUTCDay() + 6) % 7];
    if (name === undefined || !days.includes(name)) continue;
    const span = {
      from: firstAt(timeZone, day + minutesOf(from) * MINUTE),
      to: firstAt(timeZone, day + minutesOf(to) * MINUTE),
    };
    if (span.to > at && span.to > span.from) yield span;
  }
}

/** When work goes on or begins, from `at` on: `at` itself inside working hours. */
export function opensAt(hours: WorkingHours, at: number): number {
  if (hours.days.length === 0) return at;
  for (const { from } of spansFrom(hours, at)) return Math.max(from, at);
  return Number.POSITIVE_INFINITY;
}

export const isOpen = (hours: WorkingHours, at: number): boolean => opensAt(hours, at) === at;

/** Longer than people are away at once who work an hour a week. */
const LOOKED_BACK = 15 * DAY;

/** When the last span of work ended, at `at` or before it; null where no days are named. */
export function closedAt(hours: WorkingHours, at: number): number | null {
  if (hours.days.length === 0) return null;
  let closed: number | null = null;
  for (const { to } of spansFrom(hours, at - LOOKED_BACK)) {
    if (to > at) break;
    closed = to;
  }
  return closed;
}

/** When so many milliseconds of work are over that begin at `opened`. */
export function workingDeadline(opened: number, milliseconds: number, hours: WorkingHours): number {
  if (hours.days.length === 0) return opened + milliseconds;
  let left = milliseconds;
  let last = opened;
  for (const { from, to } of spansFrom(hours, opened)) {
    const begin = Math.max(from, opened);
    if (to - begin >= left) return begin + left;
    left -= to - begin;
    last = to;
  }
  return last;
}

/** As people say it: “Monday 24 November, 09:00”. */
export const momentIn = (timeZone: string, at: number): string =>
  new Intl.DateTimeFormat("en-GB", {
    ...{ timeZone, weekday: "long", day: "numeric", month: "long", hour: "2-digit", minute: "2-digit" },
    hourCycle: "h23",
  })
    .format(at)
    .replace(" at ", ", ");

/** As “mon–fri”: neighbours are joined. */
export function daysInWords(days: readonly WeekDay[]): string {
  const named = WeekDay.options.filter((day) => days.includes(day));
  const word = (day: WeekDay) => `${day[0]?.toUpperCase()}${day.slice(1)}`;
  const [first, last] = [named[0], named.at(-1)];
  const isRow =
    first && last && WeekDay.options.indexOf(last) - WeekDay.options.indexOf(first) === named.length - 1;
  return isRow && named.length > 2 ? `${word(first)}–${word(last)}` : named.map(word).join(", ");
}
