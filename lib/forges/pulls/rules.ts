// When a merge that a forge did not take is tried again. Pure.
import { MINUTE, SECOND } from "../../clock.ts";
import type { PullStep } from "../connections/schema.ts";

const FIRST = 5 * SECOND;
const LONGEST = 5 * MINUTE;
/** What waits for others on the forge is asked again at this pace. */
const WAITING = MINUTE / 2;

/** `tries`: those that failed, this one too. Milliseconds until the next. */
export function untilNextTry(step: PullStep, tries: number): number {
  if (step === "waits") return WAITING;
  return Math.min(FIRST * 2 ** Math.min(Math.max(tries - 1, 0), 20), LONGEST);
}
