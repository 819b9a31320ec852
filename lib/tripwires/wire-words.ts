// A tripwire as a sentence, and how far it is from tripping.
import { measureOf } from "./measures.ts";
import { boundOf, isBeyond, neededRows, type Reading } from "./rules.ts";
import type { Bound, TripStep, Tripwire } from "./schema.ts";

const BOUNDS: Readonly<Record<Bound, string>> = {
  ">": "above",
  ">=": "at or above",
  "<": "below",
  "<=": "at or below",
};

export const STEP_WORDS: Readonly<Record<TripStep, string>> = {
  warn: "the pilot's people are told, and nothing else happens",
  pause: "the pilot is paused: no run is leased and no model is called",
  freeze_merges: "nothing merges until the pilot is resumed",
  revoke_tokens: "its emergency stop is pulled: runs lose their runners and tokens, and nothing merges",
  cancel_runs: "every run that can be is cancelled",
  prepare_reverts: "a revert is prepared for each merge within its window, to be decided at its gate",
  escalate: "owners, deputies and security leads are told at once",
};

const short = (value: number): string => String(Math.round(value * 10) / 10);

export function amountOf({ measure }: Pick<Tripwire, "measure">, value: number): string {
  const { unit } = measureOf(measure);
  return unit === "" ? short(value) : `${short(value)} ${unit}`;
}

function plural(count: number, noun: string): string {
  if (count === 1) return `1 ${noun}`;
  return `${count} ${noun}${noun.endsWith("ch") ? "es" : "s"}`;
}

export function windowWords(hours: number): string {
  if (hours % 24 !== 0 || hours === 24) return plural(hours, "hour");
  return plural(hours / 24, "day");
}

/** What it watches for, in one sentence without its steps. */
export function conditionWords(wire: Tripwire): string {
  const { measure, bound, threshold, of, windowHours, minimum } = wire;
  const { title, noun } = measureOf(measure);
  const limit = of === "baseline" ? `${threshold} % of its baseline` : amountOf(wire, threshold);
  const rows = minimum > 1 ? `, once there are ${plural(minimum, noun)}` : "";
  return `${title} over the last ${windowWords(windowHours)} ${BOUNDS[bound]} ${limit}${rows}`;
}

/** The whole of it: "Runs that failed over the last 24 hours at or above 3: the pilot is paused …" */
export const wireSentence = (wire: Tripwire): string =>
  `${conditionWords(wire)}: ${wire.steps.map((step) => STEP_WORDS[step]).join("; ")}.`;

/** "$1.20 of $20" in the words of the measure, for a line among others; null where it cannot be told. */
export function nearWords(wire: Tripwire, { value, baseline }: Reading): string | null {
  const bound = boundOf(wire, wire.threshold, baseline);
  if (value === null || bound === null) return null;
  const { unit } = measureOf(wire.measure);
  if (unit === "USD") return `$${value.toFixed(2)} of $${short(bound)}`;
  return `${short(value)} of ${amountOf(wire, bound)}`;
}

/** What follows, in two words. */
export const thenWords = ({ steps }: Pick<Tripwire, "steps">): string =>
  steps.includes("warn") ? "then a warning" : "then paused";

/** How far it is: "12 % of at most 20 %", or what is missing to tell. */
export function distanceWords(wire: Tripwire, reading: Reading): string {
  const { value, sample, baseline } = reading;
  const { noun } = measureOf(wire.measure);
  const bound = boundOf(wire, wire.threshold, baseline);
  if (bound === null) return "There is no baseline yet to hold it against.";
  if (value === null && sample === 0) return `There is no ${noun} in its window.`;
  if (value === null || sample < neededRows(wire))
    return `${sample} of at least ${plural(wire.minimum, noun)} in its window.`;
  const now = `${amountOf(wire, value)} now, trips ${BOUNDS[wire.bound]} ${amountOf(wire, bound)}`;
  if (isBeyond(wire, reading)) return `${now}: beyond it.`;
  return `${now}: ${amountOf(wire, Math.abs(bound - value))} away.`;
}
