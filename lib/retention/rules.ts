import { DAY } from "../clock.ts";

export interface Keeping {
  readonly days: number | null;
  readonly isHeld: boolean;
}

/** Runs that ended before this instant lose their payloads; null while nothing does. */
export function cutoff({ days, isHeld }: Keeping, now: number): number | null {
  return days === null || isHeld ? null : now - days * DAY;
}

const runsOf = (count: number) => (count === 1 ? "1 run" : `${count} runs`);

/** Null when nothing is lost that the person did not agree to; else the sentence that asks. */
export function askBefore(due: number, agreed: number, days: number | null): string | null {
  if (due <= agreed) return null;
  const days_ = days === 1 ? "1 day" : `${days} days`;
  return `${runsOf(due)} ended more than ${days_} ago. Within the hour, and for good, their prompts, outputs, diffs and evidence are taken away. Save once more to agree.`;
}

/** What entries commit to before and after. */
export const retentionState = (
  pilotId: string,
  { days, isHeld }: { readonly days: number | null; readonly isHeld: boolean },
) => ({ pilot: pilotId, days, held: isHeld });
