// Reviews are written by the worker on their day, or when it is back: with the numbers as they stood when the day began, once.
import { read, type Tx, transaction } from "../db.ts";
import { newId } from "../ids.ts";
import { isAtLeast } from "../kpis/metric-rules.ts";
import { kpiContextOf, readKpiIn } from "../kpis/read-kpi.ts";
import { dayIn } from "../pilots/rules.ts";
import { findActiveCharter, findPilotState } from "../pilots/service.ts";
import { sha256Hex } from "../protocol/signing.ts";
import { canonicalText } from "../record/rules.ts";
import type { Scope } from "../scope.ts";
import { beginOf, exitDays, judgedCriteria, judgedTarget } from "./rules.ts";
import type { ExitDocument, ExitStage } from "./schema.ts";
import {
  countOpenRuns,
  insertReview,
  lockPilotRow,
  type Reviewable,
  selectReports,
  selectReviewable,
  selectReviews,
} from "./store.ts";

/** How many were written. One that cannot be keeps no other waiting. */
export async function writeReviews(scope: Scope): Promise<number> {
  let written = 0;
  const failures: unknown[] = [];
  for (const pilot of await read(scope, selectReviewable))
    await transaction(scope, (tx) => writeDue(tx, scope, pilot)).then(
      (count) => {
        written += count;
      },
      (error: unknown) => {
        failures.push(error);
      },
    );
  if (failures.length > 0)
    throw new AggregateError(failures, "Some exit reviews could not be written; the others were.");
  return written;
}

async function writeDue(tx: Tx, scope: Scope, pilot: Reviewable): Promise<number> {
  const inForce = await findActiveCharter(tx.db, pilot.id);
  if (!inForce) return 0;
  const today = dayIn(pilot.timeZone, scope.clock.now());
  const activatedOn = dayIn(pilot.timeZone, pilot.activatedAt.getTime());
  const known = await selectReviews(tx.db, pilot.id);
  const first = known.find(({ stage }) => stage === "review");
  const days = exitDays(activatedOn, inForce.charter.rollback.endsOn);
  // The confirmation follows the review that was written, whatever the charter says since.
  const stage: ExitStage = first ? "confirmation" : "review";
  const dueOn = first ? exitDays(activatedOn, dayBefore(first.dueOn)).confirmation : days.review;
  if (today < dueOn) return 0;
  await lockPilotRow(tx.db, pilot.id);
  if ((await selectReviews(tx.db, pilot.id)).length !== known.length) return 0;
  const asOf = beginOf(pilot.timeZone, dueOn);
  const document = await documentOf(tx, pilot.id, { stage, activatedOn, dueOn, asOf });
  const text = canonicalText({ ...document, confirms: first?.digest ?? null });
  const digest = sha256Hex(Buffer.from(text, "utf8"));
  const now = scope.clock.now();
  const id = newId("exit_review", now);
  const writtenAt = new Date(now);
  await insertReview(tx.db, { id, pilotId: pilot.id, stage, dueOn, document: text, digest, writtenAt });
  tx.record({
    kind: "pilot.exit_reviewed",
    about: [`pilot:${pilot.id}`],
    charter: inForce.digest,
    detail: { review: id, stage, digest },
  });
  return 1;
}

const dayBefore = (day: string): string =>
  new Date(Date.parse(`${day}T00:00:00Z`) - 24 * 60 * 60 * 1000).toISOString().slice(0, 10);

interface At {
  readonly stage: ExitStage;
  readonly activatedOn: string;
  readonly dueOn: string;
  readonly asOf: Date;
}

/** As it stands then; the page of a pilot that was not reviewed yet shows it of now. */
export async function documentOf(
  { db }: Pick<Tx, "db">,
  pilotId: string,
  { stage, activatedOn, dueOn, asOf }: At,
): Promise<ExitDocument> {
  const pilot = await findPilotState(db, pilotId);
  const inForce = await findActiveCharter(db, pilotId);
  const row = await db.pilot.findUniqueOrThrow({ where: { id: pilotId }, select: { activatedAt: true } });
  if (!pilot || !inForce || !row.activatedAt) throw new Error(`pilot ${pilotId} never ran`);
  const { goal, rollback } = inForce.charter;
  const context = await kpiContextOf(db, pilotId);
  const from = pilot.baselineUntil && pilot.baselineUntil < asOf ? pilot.baselineUntil : row.activatedAt;
  const targets = [];
  for (const { kpi, target } of goal.metrics) {
    const reading = await readKpiIn(db, context, { pilotId, kpi, from, to: asOf, asOf });
    targets.push(judgedTarget(reading, target, isAtLeast(kpi)));
  }
  const criteria = judgedCriteria({
    ...{ asked: rollback.exitCriteria, targets, open: await countOpenRuns(db, pilotId, asOf) },
    reports: (await selectReports(db, pilotId, asOf)) as { verdict: "fit" }[],
  });
  return {
    ...{ v: 1, pilot: pilotId, stage, charter: inForce.digest, activatedOn, dueOn },
    ...{ timeZone: pilot.timeZone, asOf: asOf.toISOString(), targets, criteria, confirms: null },
  };
}
