// When a page is read again that was asked to, maybe over and over. Pure.

/** So many times the quiet that is waited for: then it is read, however busy it is. */
const LONGEST = 8;

export interface Asked {
  /** When it was asked first since it was read last, and the present, milliseconds. */
  readonly first: number;
  readonly now: number;
  /** Quiet that is waited for after each time. */
  readonly settleMs: number;
}

export const untilRead = ({ first, now, settleMs }: Asked): number =>
  Math.max(0, Math.min(settleMs, first + LONGEST * settleMs - now));
