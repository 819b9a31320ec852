// How long a page was in front of somebody who did something. Pure: instants are handed in, in milliseconds.
import { IDLE_AFTER_MS } from "#lib/human-minutes/schema.ts";

export interface ActiveTime {
  /** Accounted for until then. */
  readonly until: number;
  readonly lastSign: number;
  readonly isVisible: boolean;
  /** Not told yet. */
  readonly activeMs: number;
}

export const begin = (now: number, isVisible: boolean): ActiveTime => ({
  ...{ until: now, lastSign: now, isVisible, activeMs: 0 },
});

/** Time up to now: what was visible, and no longer than so long after the last sign of somebody. */
function accounted(state: ActiveTime, now: number): ActiveTime {
  const end = Math.min(now, state.lastSign + IDLE_AFTER_MS);
  const more = state.isVisible ? Math.max(0, end - state.until) : 0;
  return { ...state, until: Math.max(now, state.until), activeMs: state.activeMs + more };
}

export const signed = (state: ActiveTime, now: number): ActiveTime => ({
  ...accounted(state, now),
  lastSign: Math.max(now, state.lastSign),
});

export const shown = (state: ActiveTime, now: number, isVisible: boolean): ActiveTime => ({
  ...accounted(state, now),
  isVisible,
});

/** What is told now, and what is left to tell. */
export function told(state: ActiveTime, now: number): readonly [activeMs: number, ActiveTime] {
  const { activeMs, ...rest } = accounted(state, now);
  return [Math.min(Math.round(activeMs), IDLE_AFTER_MS), { ...rest, activeMs: 0 }];
}
