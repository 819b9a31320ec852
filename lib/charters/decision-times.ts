// How long people have to decide, from whenever something is asked: two charters are compared in real hours, for the same
// number of hours is longer where fewer of them are worked. By a week without a change of clocks.
import { ownRuleOf } from "../gates/own-rules.ts";
import { WeekDay } from "../hours/schema.ts";
import { RuledGate } from "../pilots/schema/gates.ts";
import type { Charter } from "../pilots/schema.ts";

const HOUR = 60;
const DAY = 24 * HOUR;
const WEEK = 7 * DAY;

interface Time {
  readonly hours: number;
  readonly clock: "always" | "working";
}

const minutesOf = (time: string): number => Number(time.slice(0, 2)) * HOUR + Number(time.slice(3));

type Span = readonly [from: number, to: number];

/** In minutes from the beginning of the week. */
function spansOf({ controls }: Charter): Span[] {
  const [from, to] = [minutesOf(controls.workFrom), minutesOf(controls.workTo)];
  return WeekDay.options.flatMap((day, at) =>
    controls.workDays.includes(day) && to > from ? [[at * DAY + from, at * DAY + to] as const] : [],
  );
}

/** Minutes from `opened` until the time is over; null where that cannot be told. */
function minutesLeft(charter: Charter, { hours, clock }: Time, opened: number): number | null {
  if (clock === "always") return hours * HOUR;
  const spans = spansOf(charter);
  const perWeek = spans.reduce((sum, [from, to]) => sum + to - from, 0);
  if (perWeek === 0) return null;
  // Whole weeks first, but for a rest that is worked off from where the week stands.
  const weeks = Math.max(0, Math.ceil((hours * HOUR) / perWeek) - 1);
  let left = hours * HOUR - weeks * perWeek;
  for (let again = 0; again < 2; again++)
    for (const [from, to] of spans) {
      const [begin, end] = [Math.max(from + again * WEEK, opened), to + again * WEEK];
      if (end <= begin) continue;
      if (end - begin >= left) return begin + left - opened + weeks * WEEK;
      left -= end - begin;
    }
  return null;
}

const usual = ({ controls }: Charter): Time => ({
  hours: controls.approvalHours,
  clock: controls.approvalClock,
});

/** Moments between which nothing bends. */
function moments(...charters: readonly Charter[]): number[] {
  const edges = charters.flatMap((charter) => spansOf(charter).flat());
  return [...new Set([0, ...edges, ...edges.map((edge) => edge + 1)])].map((moment) => moment % WEEK);
}

/** Whether something asked at some moment of the week could be decided later than before, or that cannot be told. */
function isLonger(before: Charter, after: Charter, was: Time, is: Time): boolean {
  // What bends between the edges bends where one of the two runs out.
  const within = Array.from({ length: WEEK / 15 }, (_, quarter) => quarter * 15);
  return [...moments(before, after), ...within].some((opened) => {
    const [old, next] = [minutesLeft(before, was, opened), minutesLeft(after, is, opened)];
    return old === null || next === null || next > old;
  });
}

/** Whether people have longer at any gate of the charter that has no rule of its own, in real hours. */
export const hasLonger = (before: Charter, after: Charter): boolean =>
  isLonger(before, after, usual(before), usual(after));

/** The same for gates with a rule of their own in both. */
export const ownHasLonger = (before: Charter, after: Charter): boolean =>
  RuledGate.options.some((gate) => {
    const [was, is] = [ownRuleOf(before, gate), ownRuleOf(after, gate)];
    return was !== null && is !== null && isLonger(before, after, was, is);
  });
