// What became of merges on their branches, for fourteen days after. What was seen is in the database, so a worker that
// starts anew goes on where the last one was; a branch that did not move costs one query.
import type { Sighting } from "#lib/merge-watches/schema.ts";
import { type DueWatch, knownOf, listDue, noteFailure, noteLook } from "#lib/merge-watches/service.ts";
import type { Scope } from "#lib/scope.ts";
import type { Workplace } from "../workplace.ts";
import { lookAtMerge } from "./look-at-merge.ts";

/** One that cannot be looked at keeps no other waiting. */
export async function watchMerges(workplace: Workplace, scope: Scope): Promise<void> {
  for (const watch of await listDue(scope))
    await watchOne(workplace, scope, watch).catch((err: unknown) => {
      workplace.logger.warn({ err, mergeId: watch.mergeId }, "a merge was not looked at; the others are");
      return noteFailure(scope, watch);
    });
}

async function watchOne(workplace: Workplace, scope: Scope, watch: DueWatch): Promise<void> {
  const { revert, failedCheck, lines } = await knownOf(scope, watch.mergeId);
  const looked = watch.headRead
    ? []
    : await lookAtMerge(workplace.workshop, workplace.mirrorOf(watch.repositoryId), watch, lines);
  if (looked === null) return noteFailure(scope, watch);
  await noteLook(scope, watch, watch.head, [...withRevert(looked, revert), ...checkSeen(watch, failedCheck)]);
}

/** Undone by a run of ours, it was not undone by hand. */
function withRevert(
  looked: readonly Omit<Sighting, "at">[],
  revert: { readonly runId: string; readonly commit: string } | null,
): Omit<Sighting, "at">[] {
  const isUndone = looked.some(({ seen }) => seen === "reverted_by_hand");
  if (!revert || !isUndone) return [...looked];
  return [
    ...looked.filter(({ seen }) => seen !== "reverted_by_hand"),
    {
      ...{ seen: "reverted_here", commit: revert.commit, source: "run", subject: revert.runId },
      ...{ lines: null, ofLines: null },
    },
  ];
}

function checkSeen({ commit }: DueWatch, subject: string | null): Omit<Sighting, "at">[] {
  return subject === null
    ? []
    : [{ seen: "check_failed", commit, source: "check", lines: null, ofLines: null, subject }];
}
