// What changes from one charter to another: field by field, as a person reads it, and which way each goes.
import { metricText } from "../kpis/metric-rules.ts";
import { CHARTER_FIELDS, type CharterField, charterValues, fieldOfCharter } from "../pilots/form.ts";
import type { Charter } from "../pilots/schema.ts";
import { hasLonger, ownHasLonger } from "./decision-times.ts";
import type { Difference, Direction } from "./schema.ts";
import { directionOf } from "./weights.ts";

const FIELDS = Object.keys(CHARTER_FIELDS) as CharterField[];

/** Each of their lines stands for itself; in a text, the same lines in another order say something else. */
export const LISTS: readonly string[] = ["lines", "choices", "metrics"];

/** In the order of the form; nothing for charters that say the same. */
export function differences(before: Charter, after: Charter): Difference[] {
  const [old, next] = [charterValues(before), charterValues(after)];
  return FIELDS.flatMap((field): Difference[] => {
    const [was, is] = [linesOf(field, before, old[field]), linesOf(field, after, next[field])];
    if (was.length === is.length && was.every((line, at) => line === is[at])) return [];
    const direction = directionIn(field, before, after);
    const isMoved = shared(was, is).join("\n") !== shared(is, was).join("\n");
    if (isMoved && !LISTS.includes(CHARTER_FIELDS[field]))
      return [{ field, before: was, after: is, direction }];
    return [{ field, before: without(was, is), after: without(is, was), direction }];
  });
}

/** The hours in which people decide are made of several fields together. */
const OF_HOURS: readonly string[] = ["controls.approvalHours", "controls.approvalClock"];
const OF_WORK: readonly string[] = ["controls.workDays", "controls.workFrom", "controls.workTo"];

function directionIn(field: CharterField, before: Charter, after: Charter): Direction {
  if (OF_HOURS.includes(field)) return hasLonger(before, after) ? "looser" : "tighter";
  const own = directionOf(field, fieldOfCharter(before, field), fieldOfCharter(after, field));
  const decides = OF_WORK.includes(field) && (hasLonger(before, after) || ownHasLonger(before, after));
  const isLater = field === "controls.gates" && ownHasLonger(before, after);
  return decides || isLater ? "looser" : own;
}

function linesOf(
  field: CharterField,
  charter: Charter,
  value: string | readonly string[] | undefined,
): string[] {
  if (field === "goal.metrics") return charter.goal.metrics.map(metricText);
  return typeof value === "string" ? (value === "" ? [] : value.split("\n")) : [...(value ?? [])];
}

const shared = (lines: readonly string[], others: readonly string[]): string[] =>
  lines.filter((line) => others.includes(line));

const without = (lines: readonly string[], others: readonly string[]): string[] =>
  lines.filter((line) => !others.includes(line));

export const isLoosening = (changes: readonly Difference[]): boolean =>
  changes.some(({ direction }) => direction === "looser");
