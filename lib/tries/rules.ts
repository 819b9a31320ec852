// What the worker makes by itself is tried again later each time, and not for ever. Pure.
import { HOUR, SECOND } from "../clock.ts";

/** After so many in vain somebody else has to go on: forty minutes and more. */
export const MOST_TRIES = 10;

/** How long until the next try after so many in vain; milliseconds. */
export const waitAfter = (tries: number): number =>
  Math.min(HOUR, 5 * SECOND * 2 ** Math.min(20, Math.max(0, tries - 1)));
