// Proposing what becomes of a week, and saying what one thinks of an approval that it sampled.
import { requirePermission } from "../authz/require.ts";
import { DAY } from "../clock.ts";
import { type Tx, transaction } from "../db.ts";
import { conflict, forbidden, notFound, refused } from "../errors.ts";
import { decideGate } from "../gates/decide-gate.ts";
import { openGate, voidGate } from "../gates/open-gate.ts";
import { getGate } from "../gates/service.ts";
import { secondPersonRoles } from "../pilots/rules.ts";
import { requirePeople } from "../pilots/second-person.ts";
import { findActiveCharter, lockedPilot } from "../pilots/service.ts";
import { reasonDetail } from "../record/reason.ts";
import { actorId, type Scope } from "../scope.ts";
import { weekRule } from "./deciders.ts";
import { type AskWeek, PackDocument, type SecondLook } from "./schema.ts";
import {
  findLatestPack,
  findPack,
  hasApproved,
  insertLook,
  type PackRow,
  selectOpenGates,
  selectPacks,
} from "./store.ts";

const DAYS_TO_SIGN = 7;

/**
 * Opens the gate that both owners sign, in the place of one that is open, and signs it for whoever asks; where the charter
 * wants a passkey they sign it there.
 */
export async function askWeek(scope: Scope, asked: AskWeek): Promise<{ gateId: string; isSigned: boolean }> {
  const { pilotId, decision, reason } = asked;
  requirePermission(scope, "pilot.amend", pilotId);
  if (scope.actor.kind !== "user") throw forbidden("Only a person can propose what becomes of a week.");
  const asker = scope.actor.personId;
  const gateId = await transaction(scope, async (tx) => {
    const pilot = await lockedPilot(tx, pilotId);
    const pack = await packToDecide(tx, asked);
    const inForce = await findActiveCharter(tx.db, pilotId);
    if (!inForce || (pilot.status !== "active" && pilot.status !== "paused"))
      throw conflict(`The pilot is ${pilot.status}; nothing is left to decide of its weeks.`);
    const rule = await weekRule(tx, inForce.charter, pilotId);
    if (rule.people && !rule.people.includes(asker))
      throw refused("Only an owner of the pilot proposes what becomes of its week.");
    if (!rule.people)
      await requirePeople(
        tx.db,
        scope,
        { roles: secondPersonRoles(scope.grants, pilotId), needed: 1 },
        pilotId,
      );
    for (const gate of await selectOpenGates(tx.db, pilotId))
      await voidGate(tx, scope, gate.id, "Another decision was proposed.");
    const earlier = (await selectPacks(tx.db, pilotId)).filter(
      (each) => each.number < pack.number && each.decision === null,
    );
    return openGate(tx, scope, {
      ...{ kind: "weekly_review", pilotId, rule },
      document: {
        ...{ v: 1, decides: "weekly_review", pilot: pilotId, name: pilot.name },
        ...{ pack: pack.id, number: pack.number, packDigest: pack.digest, decision, reason, askedBy: asker },
        owners: [...(rule.people ?? [])],
        undecided: earlier.map(({ number }) => number).sort((a, b) => a - b),
      },
      expiresAt: new Date(scope.clock.now() + DAYS_TO_SIGN * DAY),
    });
  });
  return { gateId, isSigned: await signAsProposer(scope, gateId, reason) };
}

/** Whoever proposes is one of those who want it: they sign like the other, and once. */
async function signAsProposer(scope: Scope, gateId: string, reason: string): Promise<boolean> {
  const { digest, signing, cannotApprove } = await getGate(scope, gateId);
  if (signing !== "session" || cannotApprove !== null) return false;
  await decideGate(scope, { gateId, digest, decision: "approve", reason });
  return true;
}

/** The newest pack alone, and as whoever decides read it. */
async function packToDecide(tx: Tx, { pilotId, number, digest }: AskWeek): Promise<PackRow> {
  const latest = await findLatestPack(tx.db, pilotId);
  if (!latest || number > latest.number) throw notFound("weekly pack");
  if (number < latest.number)
    throw conflict(`Week ${latest.number} is packed; a decision on week ${number} is one on it.`);
  if (latest.digest !== digest)
    throw conflict("What you were shown is not what this pack holds. Reload the page and read it again.");
  if (latest.decision !== null) throw conflict(`Week ${number} is decided already: ${latest.decision}.`);
  return latest;
}

/** Somebody else's word on an approval that was sampled. Said once, by nobody who approved it. */
export async function lookAgain(scope: Scope, said: SecondLook): Promise<void> {
  const { pilotId, number, approvalId, verdict, note } = said;
  requirePermission(scope, "gate.decide", pilotId);
  const personId = actorId(scope.actor);
  await transaction(scope, async (tx) => {
    await lockedPilot(tx, pilotId);
    const pack = await findPack(tx.db, pilotId, number);
    if (!pack) throw notFound("weekly pack");
    const { sample } = PackDocument.parse(JSON.parse(pack.document));
    const item = sample.items.find(({ approval }) => approval === approvalId);
    if (!item) throw notFound("sampled approval");
    if (await hasApproved(tx.db, item.gate, personId))
      throw refused("You approved at this gate yourself; somebody else looks at it again.");
    const at = new Date(scope.clock.now());
    if (!(await insertLook(tx.db, { packId: pack.id, pilotId, approvalId, personId, verdict, note, at })))
      throw conflict("Somebody looked at this approval already.");
    const inForce = await findActiveCharter(tx.db, pilotId);
    tx.record({
      kind: "pilot.week_sampled",
      about: [`pilot:${pilotId}`, `gate:${item.gate}`],
      charter: inForce?.digest ?? null,
      detail: { pack: pack.id, approval: approvalId, verdict, ...(note === "" ? {} : reasonDetail(note)) },
    });
  });
}
