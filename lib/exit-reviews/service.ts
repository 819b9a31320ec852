import { requirePermission } from "../authz/require.ts";
import { type Db, read } from "../db.ts";
import { dayIn } from "../pilots/rules.ts";
import { getPilot } from "../pilots/service.ts";
import { actorId, type Scope } from "../scope.ts";
import { exitDays, refusalToReport } from "./rules.ts";
import {
  type DecisionView,
  ExitDocument,
  type ExitView,
  type ReportView,
  type ReviewView,
} from "./schema.ts";
import {
  findOpenExitGate,
  type ReviewRow,
  selectDecisions,
  selectPart,
  selectReports,
  selectReviews,
} from "./store.ts";
import { documentOf } from "./write-reviews.ts";

export async function getExit(scope: Scope, pilotId: string): Promise<ExitView> {
  requirePermission(scope, "kpi.view", pilotId);
  const pilot = await getPilot(scope, pilotId);
  const now = new Date(scope.clock.now());
  return read(scope, async (db) => {
    const reviews = (await selectReviews(db, pilotId)).map(viewOf);
    const review = reviews.find(({ document }) => document.stage === "review") ?? null;
    const confirmation = reviews.find(({ document }) => document.stage === "confirmation") ?? null;
    const days = daysOf(pilot, review);
    const activatedOn = pilot.activatedAt && dayIn(pilot.timeZone, pilot.activatedAt.getTime());
    const at = {
      ...({ stage: "review", dueOn: days?.review ?? "" } as const),
      asOf: pilot.endedAt ?? now,
    };
    return {
      ...{ days, review, confirmation },
      now: activatedOn ? await documentOf({ db }, pilotId, { ...at, activatedOn }) : null,
      reports: (await selectReports(db, pilotId, now)) as unknown as ReportView[],
      decisions: (await selectDecisions(db, pilotId)) as unknown as DecisionView[],
      openGate: await findOpenExitGate(db, pilotId),
      cannotReport: await whyNotReport(db, scope, pilotId),
    };
  });
}

function daysOf(pilot: Awaited<ReturnType<typeof getPilot>>, review: ReviewView | null): ExitView["days"] {
  if (!pilot.activatedAt) return null;
  const activatedOn = dayIn(pilot.timeZone, pilot.activatedAt.getTime());
  if (!review) return exitDays(activatedOn, pilot.charter.charter.rollback.endsOn);
  // What was written is what counts, whatever the charter says since.
  const { dueOn } = review.document;
  const dayBefore = new Date(Date.parse(`${dueOn}T00:00:00Z`) - 24 * 60 * 60 * 1000)
    .toISOString()
    .slice(0, 10);
  return exitDays(activatedOn, dayBefore);
}

const viewOf = ({ id, digest, writtenAt, document }: ReviewRow): ReviewView => ({
  ...{ id, digest, writtenAt },
  document: ExitDocument.parse(JSON.parse(document)),
});

async function whyNotReport(db: Db, scope: Scope, pilotId: string): Promise<string | null> {
  return refusalToReport(await selectPart(db, pilotId, actorId(scope.actor)));
}

/** A review's document as its digest covers it. */
export async function getReviewText(scope: Scope, pilotId: string, stage: "review" | "confirmation") {
  requirePermission(scope, "kpi.view", pilotId);
  return read(scope, async (db) => {
    const row = (await selectReviews(db, pilotId)).find((one) => one.stage === stage);
    return row?.document ?? null;
  });
}
