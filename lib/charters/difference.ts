// What changes from one charter to another: field by field, as a person reads it, and which way each goes.
import { CHARTER_FIELDS, type CharterField, charterValues, fieldOfCharter } from "../pilots/form.ts";
import type { Charter } from "../pilots/schema.ts";
import type { Difference } from "./schema.ts";
import { directionOf } from "./weights.ts";

const FIELDS = Object.keys(CHARTER_FIELDS) as CharterField[];

/** Each of their lines stands for itself; in a text, the same lines in another order say something else. */
const LISTS: readonly string[] = ["lines", "choices"];

/** In the order of the form; nothing for charters that say the same. */
export function differences(before: Charter, after: Charter): Difference[] {
  const [old, next] = [charterValues(before), charterValues(after)];
  return FIELDS.flatMap((field): Difference[] => {
    const [was, is] = [linesOf(old[field]), linesOf(next[field])];
    if (was.length === is.length && was.every((line, at) => line === is[at])) return [];
    const direction = directionOf(field, fieldOfCharter(before, field), fieldOfCharter(after, field));
    const isMoved = shared(was, is).join("\n") !== shared(is, was).join("\n");
    if (isMoved && !LISTS.includes(CHARTER_FIELDS[field]))
      return [{ field, before: was, after: is, direction }];
    return [{ field, before: without(was, is), after: without(is, was), direction }];
  });
}

const linesOf = (value: string | readonly string[] | undefined): string[] =>
  typeof value === "string" ? (value === "" ? [] : value.split("\n")) : [...(value ?? [])];

const shared = (lines: readonly string[], others: readonly string[]): string[] =>
  lines.filter((line) => others.includes(line));

const without = (lines: readonly string[], others: readonly string[]): string[] =>
  lines.filter((line) => !others.includes(line));

export const isLoosening = (changes: readonly Difference[]): boolean =>
  changes.some(({ direction }) => direction === "looser");
