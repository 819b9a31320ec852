// Minutes people spend on runs: told by the pages they look at, shown to themselves, and to others as weeks of a team.
import { requirePermission } from "../authz/require.ts";
import { MINUTE } from "../clock.ts";
import { read, transaction } from "../db.ts";
import { humanMinutesOn } from "../env.ts";
import { forbidden, notFound } from "../errors.ts";
import { dayIn } from "../pilots/rules.ts";
import { findPilotState } from "../pilots/service.ts";
import { getRun } from "../runs/service.ts";
import type { Scope } from "../scope.ts";
import type { AnswerSample, Beat, Beaten, OwnView, TeamWeek } from "./schema.ts";
import {
  countTime,
  findChoice,
  insertAnswer,
  isAnswered,
  saveChoice,
  selectOwn,
  selectWeeks,
  settleWeeksIn,
} from "./store.ts";

/** A person's rows go so many days later; weeks of the team stay. */
export const KEPT_DAYS = 90;

const OFF: Beaten = { creditedMs: 0, asks: false, isOff: true };

/** Time of programs is nobody's. */
function personOf({ actor }: Scope): string {
  if (actor.kind !== "user")
    throw forbidden("Minutes are counted of people who are signed in, and of nobody else.");
  return actor.personId;
}

/** Throws not_found for a run the person does not see. */
export async function beat(scope: Scope, { runId, purpose, activeMs }: Beat): Promise<Beaten> {
  const personId = personOf(scope);
  const { pilotId } = await getRun(scope, runId);
  if (!humanMinutesOn()) return OFF;
  const now = scope.clock.now();
  return transaction(scope, async ({ db }) => {
    if (await findChoice(db, personId)) return OFF;
    const creditedMs = await countTime(db, { personId, runId, purpose, activeMs, now: new Date(now) });
    const pilot = await findPilotState(db, pilotId);
    if (!pilot) throw notFound("pilot");
    return {
      creditedMs,
      asks: !(await isAnswered(db, personId, dayIn(pilot.timeZone, now))),
      isOff: false,
    };
  });
}

/** At most one answer a day is kept. */
export async function answerSample(scope: Scope, { runId, minutes }: AnswerSample): Promise<void> {
  const personId = personOf(scope);
  const { pilotId } = await getRun(scope, runId);
  if (!humanMinutesOn()) return;
  await transaction(scope, async ({ db }) => {
    const pilot = await findPilotState(db, pilotId);
    if (!pilot || (await findChoice(db, personId))) return;
    const now = scope.clock.now();
    const day = dayIn(pilot.timeZone, now);
    await insertAnswer(db, { personId, day, pilotId, minutes, now: new Date(now) });
  });
}

/** Of whoever asks, and never of anybody else: there is no way to name one. */
export async function getOwnMinutes(scope: Scope): Promise<OwnView> {
  const personId = personOf(scope);
  const since = dayIn("UTC", scope.clock.now() - KEPT_DAYS * 24 * 60 * MINUTE);
  return read(scope, async (db) => ({
    rows: await selectOwn(db, personId, since),
    isOff: await findChoice(db, personId),
    isOffHere: !humanMinutesOn(),
    keptDays: KEPT_DAYS,
  }));
}

/** From now on. What was counted stays until it is old. Whether somebody did so is in no log: it is theirs alone. */
export async function chooseMinutes(scope: Scope, isOff: boolean): Promise<void> {
  const personId = personOf(scope);
  await transaction(scope, ({ db }) => saveChoice(db, personId, isOff, new Date(scope.clock.now())));
}

const MOST_WEEKS = 60;
const minutesOf = (milliseconds: bigint | null) =>
  milliseconds === null ? null : Number(milliseconds) / MINUTE;

/** Weeks of a pilot that are over, newest first. */
export async function listTeamWeeks(scope: Scope, pilotId: string): Promise<TeamWeek[]> {
  requirePermission(scope, "kpi.view", pilotId);
  const rows = await read(scope, (db) => selectWeeks(db, pilotId, MOST_WEEKS));
  return rows.map(({ week, endsAt, milliseconds, afterMergeMilliseconds, offToolMinutes }) => ({
    ...{ week, endsAt, minutes: minutesOf(milliseconds), offToolMinutes },
    afterMergeMinutes: minutesOf(afterMergeMilliseconds),
  }));
}

/** The worker's: weeks that are over are settled once, and rows that are old go. */
export const settleWeeks = (scope: Scope): Promise<number> =>
  transaction(scope, ({ db }) => settleWeeksIn(db, new Date(scope.clock.now()), KEPT_DAYS));
