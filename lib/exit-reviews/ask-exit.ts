// How a pilot ends is decided at a gate that both of its owners sign, on the newest review and what it holds; where the charter
// names no owners two leads do, one of whom leads security.
import { requirePermission } from "../authz/require.ts";
import { DAY } from "../clock.ts";
import { beginClosing } from "../closings/begin-closing.ts";
import { type Tx, transaction } from "../db.ts";
import { conflict, notFound, refused } from "../errors.ts";
import { openGate } from "../gates/open-gate.ts";
import { dayIn, secondPersonRoles } from "../pilots/rules.ts";
import { requirePeople } from "../pilots/second-person.ts";
import { charterInForce, findActiveCharter, lockedPilot, movePilot } from "../pilots/service.ts";
import { reasonDetail } from "../record/reason.ts";
import { actorId, type Scope } from "../scope.ts";
import { weekRule } from "../weekly-reviews/deciders.ts";
import { refusalToDecide } from "./rules.ts";
import { type AskExit, ExitDocument, ExitGateDocument } from "./schema.ts";
import { findOpenExitGate, insertDecision, type ReviewRow, selectReports, selectReviews } from "./store.ts";
import { documentOf } from "./write-reviews.ts";

const ANSWERED_IN = 7 * DAY;

/** What the criteria come to now: who stated a review since, and runs that ended since, count. */
async function criteriaNow(tx: Tx, scope: Scope, newest: ReviewRow) {
  const { activatedOn, dueOn, stage } = ExitDocument.parse(JSON.parse(newest.document));
  const asOf = new Date(scope.clock.now());
  return (await documentOf(tx, newest.pilotId, { stage, activatedOn, dueOn, asOf })).criteria;
}

/** Asks both owners, or two leads. The document binds the reviews, the reports and the decision with its reason. */
export async function askExit(
  scope: Scope,
  { pilotId, decision, reason }: AskExit,
): Promise<{ gateId: string }> {
  requirePermission(scope, "pilot.amend", pilotId);
  return transaction(scope, async (tx) => {
    const pilot = await lockedPilot(tx, pilotId);
    const inForce = await findActiveCharter(tx.db, pilotId);
    if (!inForce) throw notFound("charter");
    if (pilot.status !== "active" && pilot.status !== "paused")
      throw conflict(`The pilot is ${pilot.status}; its end is not to be decided.`);
    const reviews = await selectReviews(tx.db, pilotId);
    const newest = reviews.at(-1);
    if (!newest) throw refused("There is no exit review yet: it is written on its day, and decided on then.");
    if (await findOpenExitGate(tx.db, pilotId))
      throw conflict("How it ends is asked already: decide at that gate, or deny it before you ask anew.");
    const rule = await weekRule(tx, inForce.charter, pilotId);
    if (!rule.people)
      await requirePeople(
        tx.db,
        scope,
        { roles: secondPersonRoles(scope.grants, pilotId), needed: 1 },
        pilotId,
      );
    const criteria = await criteriaNow(tx, scope, newest);
    const refusal = refusalToDecide(decision, criteria);
    if (refusal !== null) throw refused(refusal);
    const now = scope.clock.now();
    const reports = await selectReports(tx.db, pilotId, new Date(now));
    const gateId = await openGate(tx, scope, {
      kind: "exit_review",
      pilotId,
      rule,
      document: {
        ...{ v: 1, decides: "exit", pilot: pilotId, name: pilot.name, charter: inForce.digest },
        ...{ decision, reason, criteria, askedBy: actorId(scope.actor), owners: [...(rule.people ?? [])] },
        review: reviews[0]?.digest ?? newest.digest,
        confirmation: reviews.find(({ stage }) => stage === "confirmation")?.digest ?? null,
        reports: reports.map(({ sha256 }) => sha256),
        day: dayIn(pilot.timeZone, now),
      },
      expiresAt: new Date(now + ANSWERED_IN),
    });
    return { gateId };
  });
}

interface Gate {
  readonly id: string;
  readonly pilotId: string | null;
  readonly document: string;
}

/** Why the owners would sign something that is no longer so; null where it is. */
export async function whyExitNotDecided(tx: Tx, scope: Scope, gate: Gate): Promise<string | null> {
  const pilotId = gate.pilotId ?? "";
  const asked = ExitGateDocument.parse(JSON.parse(gate.document));
  const pilot = await lockedPilot(tx, pilotId);
  if (pilot.status !== "active" && pilot.status !== "paused") return `The pilot is ${pilot.status} already.`;
  if ((await charterInForce(tx.db, pilotId)) !== asked.charter)
    return "Another version of the charter came into force since.";
  const reviews = await selectReviews(tx.db, pilotId);
  const newest = reviews.at(-1);
  if (!newest || newest.digest !== (asked.confirmation ?? asked.review))
    return "The confirmation was written since: read it, and ask again.";
  return refusalToDecide(asked.decision, await criteriaNow(tx, scope, newest));
}

/** Both owners signed. What goes on is extended by a version of the charter; everything else closes the pilot. */
export async function decideExit(tx: Tx, scope: Scope, gate: Gate): Promise<void> {
  const pilotId = gate.pilotId ?? "";
  const pilot = await lockedPilot(tx, pilotId);
  const { decision, reason, review, confirmation } = ExitGateDocument.parse(JSON.parse(gate.document));
  const decidedAt = new Date(scope.clock.now());
  const digest = confirmation ?? review;
  await insertDecision(tx.db, {
    ...{ gateId: gate.id, pilotId, decision, reason, reviewDigest: digest, decidedAt },
  });
  tx.record({
    kind: "pilot.exit_decided",
    about: [`pilot:${pilotId}`, `gate:${gate.id}`],
    charter: await charterInForce(tx.db, pilotId),
    detail: { gate: gate.id, digest, decision, ...reasonDetail(reason) },
  });
  if (decision === "extend") return;
  await movePilot(tx, pilot, {
    to: "completed",
    entry: (moved) => ({ kind: "pilot.completed", detail: { ...moved, ...reasonDetail(reason) } }),
    change: { statusReason: reason, endedAt: decidedAt },
  });
  await beginClosing(tx, scope, pilotId);
}
