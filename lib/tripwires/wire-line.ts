// A tripwire as one line of text, for forms, files that are compared, and people:
// `revert_rate > 20 % over 14 days; at least 5; clears at 10; pause, freeze_merges`.
import { measureOf, usualMinimum } from "./measures.ts";
import { TripMeasure, type Tripwire } from "./schema.ts";

const DAY = 24;

const windowText = (hours: number): string => {
  if (hours % DAY !== 0) return `${hours} ${hours === 1 ? "hour" : "hours"}`;
  const days = hours / DAY;
  return `${days} ${days === 1 ? "day" : "days"}`;
};

const amountText = ({ measure, of }: Tripwire, amount: number): string => {
  const unit = of === "baseline" ? "% of baseline" : measureOf(measure).unit;
  return unit === "" ? String(amount) : `${amount} ${unit}`;
};

/** The one way to write it: every part stands there, also where it was left out. */
export function wireLine(wire: Tripwire): string {
  const { measure, bound, threshold, windowHours, minimum, clears, steps } = wire;
  return [
    `${measure} ${bound} ${amountText(wire, threshold)} over ${windowText(windowHours)}`,
    `at least ${minimum}`,
    `clears at ${clears}`,
    steps.join(", "),
  ].join("; ");
}

export type WireResult =
  | { readonly ok: true; readonly wire: Record<keyof Tripwire, unknown> }
  /** What is wrong, and what would be right. */
  | { readonly ok: false; readonly sentence: string };

const HEAD = /^([a-z_]+) *(>=|<=|>|<|≥|≤) *([^ %]+) *(.*?) *over +([^ ]+) +(hours?|days?|weeks?)$/;
const HOURS: Readonly<Record<string, number>> = { hour: 1, day: DAY, week: 7 * DAY };
const BOUNDS: Readonly<Record<string, string>> = { "≥": ">=", "≤": "<=" };

const MOST_OF_LINE = 500;
const wrong = (sentence: string): WireResult => ({ ok: false, sentence });

/** Reads a line. Its numbers and steps are judged by the schema afterwards. */
export function readWire(text: string): WireResult {
  const line = text.trim().slice(0, MOST_OF_LINE);
  const [head = "", ...rest] = line.split(";").map((part) => part.trim().replaceAll(/\s+/g, " "));
  const found = HEAD.exec(head);
  if (!found)
    return wrong(
      `“${head}” does not begin as a tripwire does: a number, one of > >= < <=, a bound and a window, such as failed_runs >= 3 over 24 hours.`,
    );
  const [, name = "", bound = "", threshold = "", unit = "", length = "", span = ""] = found;
  const measure = TripMeasure.safeParse(name);
  if (!measure.success) return wrong(`${name} is no number there is${nearest(name)}`);
  const of = ofUnit(measure.data, unit);
  if (typeof of !== "string")
    return wrong(
      `${name} is bounded in ${measureOf(measure.data).unit || "a plain number"}, or in “% of baseline”; “${unit}” is neither.`,
    );
  const parts = readParts(rest);
  if (!parts.ok) return parts;
  const { minimum, clears, steps } = parts;
  return {
    ok: true,
    wire: {
      ...{ measure: measure.data, bound: BOUNDS[bound] ?? bound, threshold: numberOf(threshold), of },
      windowHours: numberOf(length) * (HOURS[span.replace(/s$/, "")] ?? Number.NaN),
      minimum: minimum === null ? usualMinimum(measure.data) : numberOf(minimum),
      clears: numberOf(clears ?? threshold),
      steps,
    },
  };
}

interface Parts {
  readonly ok: true;
  readonly minimum: string | null;
  readonly clears: string | null;
  readonly steps: readonly string[];
}

function readParts(rest: readonly string[]): Parts | Extract<WireResult, { ok: false }> {
  const said = {
    minimum: null as string | null,
    clears: null as string | null,
    steps: null as string[] | null,
  };
  for (const part of rest) {
    const [, minimum] = /^at least ([^ ]+)(?: [a-z]+)?$/.exec(part) ?? [];
    const [, clears] = /^clears at ([^ %]+)(?: ?(?:%|h|USD|a week|% of baseline))?$/.exec(part) ?? [];
    if (minimum !== undefined && said.minimum === null) said.minimum = minimum;
    else if (clears !== undefined && said.clears === null) said.clears = clears;
    else if (/^[a-z_]+(?: ?, ?[a-z_]+)*$/.test(part) && said.steps === null)
      said.steps = part.split(",").map((step) => step.trim());
    else
      return {
        ok: false,
        sentence: `“${part}” is none of its parts: at least 5; clears at 10; and once the steps, such as pause, freeze_merges.`,
      };
  }
  if (said.steps === null)
    return { ok: false, sentence: "It does not say what happens: end it with ; warn or ; pause and more." };
  return { ok: true, minimum: said.minimum, clears: said.clears, steps: said.steps };
}

/** How the bound is meant, or null where the unit is another one. */
function ofUnit(measure: TripMeasure, unit: string): Tripwire["of"] | null {
  if (/^%? ?of baseline$/.test(unit)) return "baseline";
  const own = measureOf(measure).unit;
  const isOwn =
    unit === "" || unit === own || (own === "h" && /^hours?$/.test(unit)) || (own === "USD" && unit === "$");
  return isOwn ? "value" : null;
}

const numberOf = (text: string): number => (/^[0-9]{1,7}$/.test(text) ? Number(text) : Number.NaN);

/** "; did you mean revert_rate?" where one is near, else all of them. */
function nearest(name: string): string {
  const [best] = TripMeasure.options
    .map((option) => ({ option, far: distance(name.slice(0, 40), option) }))
    .toSorted((one, other) => one.far - other.far);
  if (best && best.far <= 3) return `; did you mean ${best.option}?`;
  return `; there are ${TripMeasure.options.join(", ")}.`;
}

/** Levenshtein's. */
function distance(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (let at = 1; at <= one.length; at++) {
    const next = [at];
    for (let to = 1; to <= other.length; to++) {
      const swap = (row[to - 1] ?? 0) + (one[at - 1] === other[to - 1] ? 0 : 1);
      next.push(Math.min(swap, (row[to] ?? 0) + 1, (next[to - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[other.length] ?? 0;
}
