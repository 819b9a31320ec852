// What of the inbox waits for one person, and what for anybody. Pure.
import type { GateView } from "#lib/gates/schema.ts";
import type { RunView } from "#lib/runs/schema.ts";

/** They may decide it. */
export const isMine = ({ cannotApprove }: Pick<GateView, "cannotApprove">): boolean => cannotApprove === null;

/** Runs that stand still until their launcher, or whoever else may, resumes or cancels them. */
export const pausedOf = <Run extends Pick<RunView, "status" | "launchedBy">>(
  runs: readonly Run[],
  personId: string,
): Run[] => runs.filter(({ status, launchedBy }) => status === "paused" && launchedBy === personId);

export interface InboxCounts {
  readonly mine: number;
  readonly team: number;
}

/** Open gates and paused runs, as the lists show them. */
export function countsOf(
  gates: readonly Pick<GateView, "cannotApprove">[],
  runs: readonly Pick<RunView, "status" | "launchedBy">[],
  personId: string,
): InboxCounts {
  const paused = runs.filter(({ status }) => status === "paused");
  return {
    mine: gates.filter(isMine).length + pausedOf(runs, personId).length,
    team: gates.length + paused.length,
  };
}
