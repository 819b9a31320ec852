// When a tripwire trips, how far it is from doing so, and when it is armed again. Pure.
import { isCount } from "./measures.ts";
import type { Bound, Tripwire } from "./schema.ts";

export interface Reading {
  /** In the unit of the measure; null where there are no rows to say it by. */
  readonly value: number | null;
  /** Rows within the window. */
  readonly sample: number;
  /** The window lies whole after the pilot began, and after people last let it go on. */
  readonly isWhole: boolean;
  /** What the bound is held against where it is written in percent of it; null where none is known. */
  readonly baseline: number | null;
}

export type WireState = "armed" | "tripped";

const HOLDS: Readonly<Record<Bound, (value: number, bound: number) => boolean>> = {
  ">": (value, bound) => value > bound,
  ">=": (value, bound) => value >= bound,
  "<": (value, bound) => value < bound,
  "<=": (value, bound) => value <= bound,
};

/** A bound in the unit of the measure; null where it rests on a baseline that nobody knows. */
export function boundOf({ of }: Tripwire, amount: number, baseline: number | null): number | null {
  if (of === "value") return amount;
  return baseline === null ? null : (amount / 100) * baseline;
}

const isLower = ({ bound }: Tripwire): boolean => bound === "<" || bound === "<=";

/** Rows it needs: none where too few things are themselves what it watches for. */
export const neededRows = (wire: Tripwire): number =>
  isLower(wire) && isCount(wire.measure) ? 0 : wire.minimum;

/** Null where there are too few rows, no baseline, or too short a time for a lower bound, to say. */
export function isBeyond(wire: Tripwire, { value, sample, baseline, isWhole }: Reading): boolean | null {
  const bound = boundOf(wire, wire.threshold, baseline);
  if (value === null || bound === null || sample < neededRows(wire)) return null;
  if (isLower(wire) && !isWhole) return null;
  return HOLDS[wire.bound](value, bound);
}

/** Whether one that only warned is armed again: the number came back, or nothing is left to say it by. */
function isCleared(wire: Tripwire, { value, sample, baseline }: Reading): boolean {
  const bound = boundOf(wire, wire.clears, baseline);
  if (value === null || bound === null) return sample === 0;
  return !HOLDS[wire.bound](value, bound);
}

export const onlyWarns = ({ steps }: Tripwire): boolean => steps.includes("warn");

export type WireMove = "trips" | "clears" | null;

/** One that paused the pilot stays tripped until people let the pilot go on, whatever the number does meanwhile. */
export function moveOf(wire: Tripwire, state: WireState, reading: Reading): WireMove {
  if (state === "armed") return isBeyond(wire, reading) ? "trips" : null;
  return onlyWarns(wire) && isCleared(wire, reading) ? "clears" : null;
}

/**
 * How much of the way to its bound a number has gone, 0 to 1; null where it cannot be told. For a lower bound the way
 * begins at twice the bound.
 */
export function wayGone(wire: Tripwire, reading: Reading): number | null {
  const { value, baseline } = reading;
  const bound = boundOf(wire, wire.threshold, baseline);
  if (value === null || bound === null) return null;
  if (isBeyond({ ...wire, minimum: 0 }, { ...reading, isWhole: true })) return 1;
  if (wire.bound === ">" || wire.bound === ">=")
    return bound === 0 ? 0 : Math.min(1, Math.max(0, value / bound));
  return bound === 0 ? 0 : Math.min(1, Math.max(0, 2 - value / bound));
}
