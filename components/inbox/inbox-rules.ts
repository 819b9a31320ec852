// What of the inbox waits for one person, and what for anybody. Pure.
import type { RunView } from "#lib/runs/schema.ts";

/** Runs that stand still until their launcher, or whoever else may, resumes or cancels them. */
export const pausedOf = <Run extends Pick<RunView, "status" | "launchedBy">>(
  runs: readonly Run[],
  personId: string,
): Run[] => runs.filter(({ status, launchedBy }) => status === "paused" && launchedBy === personId);

export interface InboxCounts {
  readonly mine: number;
  readonly team: number;
}

/** Open gates and paused runs, both as the database counts them. */
export const countsOf = (gates: InboxCounts, paused: InboxCounts): InboxCounts => ({
  mine: gates.mine + paused.mine,
  team: gates.team + paused.team,
});
