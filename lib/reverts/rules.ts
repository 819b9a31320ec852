// What may be undone, by whom, and what is said about it. Pure.
import type { RunStatus } from "../runs/schema.ts";
import type { RevertFault } from "./schema.ts";

const GIVEN_UP: readonly RunStatus[] = ["rejected", "failed", "cancelled"];

export interface RevertNode {
  readonly runId: string;
  readonly ofRunId: string;
  readonly status: RunStatus;
}

/** Whether what a merged run brought is still meant to be there: no merged revert of it stands itself. */
export const stands = (runId: string, reverts: readonly RevertNode[]): boolean =>
  !reverts.some((one) => one.ofRunId === runId && one.status === "merged" && stands(one.runId, reverts));

/** The run that a second click leads to: one under way, or one that is merged and stands. Null where there is none. */
export const liveRevert = (runId: string, reverts: readonly RevertNode[]): RevertNode | null =>
  reverts.find(
    (one) =>
      one.ofRunId === runId &&
      !GIVEN_UP.includes(one.status) &&
      (one.status !== "merged" || stands(one.runId, reverts)),
  ) ?? null;

export interface RevertFacts {
  readonly status: RunStatus;
  readonly stopReason: string | null;
  readonly repositoryState: string;
  readonly repositoryProblem: string | null;
  readonly headCommit: string | null;
  /** Branch the repository's head was read on. */
  readonly repositoryBranch: string | null;
  /** The ref that was merged into; null where nothing was. */
  readonly targetRef: string | null;
  /** Reverts that whoever asks has asked for in the pilot within a day. */
  readonly askedToday: number;
}

/** Each is a run that a verifier tests; so many a day nobody needs who looks at what they take back. */
export const MOST_A_DAY = 20;

/**
 * Null where it may be asked for. A pilot that is paused, by a person or a tripwire, or that is over, refuses none: taking
 * back is what a rollback is. An emergency stop does: nothing is tested or merged under it, and lifting it is a decision.
 */
export function refusalToRevert(facts: RevertFacts): string | null {
  if (facts.status !== "merged" || facts.targetRef === null)
    return `Only a merge can be reverted; this run is ${facts.status.replaceAll("_", " ")}.`;
  if (facts.stopReason !== null)
    return `An emergency stop is on (“${facts.stopReason}”): nothing is tested or merged. It has to be lifted first.`;
  if (facts.repositoryState !== "ready" || facts.headCommit === null)
    return facts.repositoryProblem ?? "The repository has not been read yet; wait until it is ready.";
  if (facts.targetRef !== `refs/heads/${facts.repositoryBranch}`)
    return `It was merged into ${facts.targetRef.slice("refs/heads/".length)}, but the repository is read on “${facts.repositoryBranch}”.`;
  if (facts.askedToday >= MOST_A_DAY)
    return `You asked for ${MOST_A_DAY} reverts in this pilot within a day, and for more nobody may in one. Ask somebody else, or wait.`;
  return null;
}

const MAX_TITLE = 200;

/** As git words it; a revert of a revert says so twice rather than not at all. */
export const revertTitle = (title: string): string => {
  const whole = `Revert “${title}”`;
  return whole.length <= MAX_TITLE ? whole : `${whole.slice(0, MAX_TITLE - 2)}…”`;
};

const MOST_NAMED = 20;

const named = (paths: readonly string[]): string =>
  paths.length <= MOST_NAMED
    ? paths.join(", ")
    : `${paths.slice(0, MOST_NAMED).join(", ")} and ${paths.length - MOST_NAMED} more`;

/** Why there is no reverting patch, as the run's reason. */
export function faultSentence(fault: RevertFault, commit: string, conflicts: readonly string[]): string {
  const short = commit.slice(0, 12);
  switch (fault) {
    case "conflict":
      return `The branch went on from ${short} at the same lines, so undoing it is no mechanical matter: ${named(conflicts)}. An agent may be asked to do it.`;
    case "nothing_left":
      return `Nothing of ${short} is left on the branch: there is nothing to undo.`;
    case "not_there":
      return `What ${short} changed cannot be read in our copy of the repository, so it cannot be undone from here.`;
    case "not_made":
      return `The patch that undoes ${short} could not be made, though it was tried several times. Ask for it again when the worker is well; its diagnostics say what was the matter.`;
  }
}

/** Characters: what is asked for has to fit into a run's task. */
const MAX_PATHS_TEXT = 6000;

/** What an agent is asked for where trees alone do not say how to undo it; a person reads it before it is sent. */
export function handOverTask(commit: string, title: string, conflicts: readonly string[]): string {
  let room = MAX_PATHS_TEXT;
  const shown = conflicts.filter((path) => {
    room -= path.length + 3;
    return room >= 0;
  });
  const left = conflicts.length - shown.length;
  return [
    `Undo what the commit ${commit} (“${title}”) changed, and nothing else. Later commits changed the same lines of these files, so that git cannot undo it by itself:`,
    ...shown.map((path) => `- ${path}`),
    ...(left > 0 ? [`- and ${left} more, at which git names a conflict`] : []),
    "Keep what the later commits meant to do. The tests have to pass as they did before that commit.",
  ].join("\n");
}
