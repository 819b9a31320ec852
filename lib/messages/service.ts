import { answerersOf } from "../api-tokens/account-owners.ts";
import { maySee } from "../authz/require.ts";
import type { Db } from "../db.ts";
import { read } from "../db.ts";
import { notFound } from "../errors.ts";
import { peopleWith } from "../people/service.ts";
import { charterOf } from "../pilots/service.ts";
import { findRunRow } from "../runs/run-in-tx.ts";
import { actorId, type Scope } from "../scope.ts";
import { noticeOf } from "./rules.ts";
import type { MessageView, SteerNotice } from "./schema.ts";
import {
  clearTexts,
  countSteps,
  findGoal,
  findReviewToTell,
  findSaid,
  selectSteerers,
  selectViews,
} from "./store.ts";

/** Messages to the agent of a run, the oldest first. The caller has checked the run's visibility. */
export async function listMessages(scope: Scope, runId: string): Promise<MessageView[]> {
  return read(scope, (db) => selectViews(db, runId));
}

/** How much has happened to the messages of a run: `stepsOf` them. The caller has checked the run's visibility. */
export const messageSteps = (scope: Scope, runId: string): Promise<number> =>
  read(scope, (db) => countSteps(db, runId));

/** Who steered the run, and so cannot approve its merge: whoever wrote to its agent or put code forward. */
export const steerersOf = (db: Db, runId: string): Promise<string[]> => selectSteerers(db, runId);

/** Who is no second person for the run: whoever launched it, answers for the service account that did, or steered it. */
export const handsIn = async (
  db: Db,
  { id, launchedBy }: { readonly id: string; readonly launchedBy: string },
): Promise<string[]> => [launchedBy, ...(await answerersOf(db, [launchedBy])), ...(await steerersOf(db, id))];

/** What to say before this person writes to the agent, or suggests code for its patch: whom that leaves as approvers of the merge. */
export async function steerNotice(
  scope: Scope,
  runId: string,
  by: "message" | "suggestion" = "message",
): Promise<SteerNotice> {
  return read(scope, async (db) => {
    const run = await findRunRow(db, runId);
    if (!run || !maySee(scope, run.pilotId, "run.view")) throw notFound("run");
    const { controls } = await charterOf(db, run.charterId);
    return noticeOf({
      me: actorId(scope.actor),
      needed: controls.approverCount,
      approvers: await peopleWith(db, controls.approverRoles, run.pilotId),
      barred: await handsIn(db, run),
      by,
    });
  });
}

/** What the run is to do by the newest message that says so; null where the launch still says it. */
export async function changedGoal(db: Db, runId: string): Promise<string | null> {
  return (await findGoal(db, runId))?.text ?? null;
}

/** The comments of a review that whoever has the run is still to be told; null where there are none. */
export async function reviewToTell(db: Db, runId: string): Promise<{ readonly message: string } | null> {
  const message = await findReviewToTell(db, runId);
  return message === null ? null : { message };
}

/** For a redaction. Returns how many lost their words. */
export const takeMessages = (db: Db, runId: string, text: string): Promise<number> =>
  clearTexts(db, runId, text);

/** The words of a message with the salt of their commitment; null for one that never was. */
export const saidInMessage = findSaid;
