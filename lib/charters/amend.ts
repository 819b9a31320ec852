// The effect of an amendment's gate. Runs are locked first, then the pilot, then the gate: the end of a run takes its pilot
// too, and nobody waits for somebody who waits for them.
import { can } from "../authz/rules.ts";
import type { Tx } from "../db.ts";
import { rebindMergeGate } from "../merges/rebind-merge-gate.ts";
import { liveGrants } from "../people/service.ts";
import { amendPilot } from "../pilots/amend-pilot.ts";
import { findActiveCharter, findVersion, lockedPilot } from "../pilots/service.ts";
import { keepByCharter } from "../retention/by-charter.ts";
import { cancelLocked } from "../runs/cancel-run.ts";
import { lockOpenRuns } from "../runs/run-in-tx.ts";
import type { Scope } from "../scope.ts";
import { charterToAmend } from "./ask-amendment.ts";
import { whyNotKept } from "./kept-runs.ts";
import { amendRule } from "./rules.ts";
import { AmendDocument } from "./schema.ts";

interface AmendGate {
  readonly pilotId: string | null;
  readonly charterId: string | null;
  readonly document: string;
}

const readDocument = ({ document }: AmendGate) => AmendDocument.parse(JSON.parse(document));

/** To be called before the gate is locked. */
export async function lockToAmend(tx: Tx, gate: AmendGate): Promise<void> {
  const pilotId = gate.pilotId ?? "";
  await lockOpenRuns(tx, pilotId);
  await lockedPilot(tx, pilotId);
}

/** Null where the charter that was to be replaced is in force and whoever asked may ask; else why the gate is void. */
export async function whyNotAmended(tx: Tx, gate: AmendGate): Promise<string | null> {
  const pilot = await lockedPilot(tx, gate.pilotId ?? "");
  if (pilot.status !== "active" && pilot.status !== "paused") return `The pilot is ${pilot.status}.`;
  const inForce = await findActiveCharter(tx.db, pilot.id);
  const { before, loosens, askedBy, roles, mustHold, runs } = readDocument(gate);
  if (inForce?.digest !== before) return "Another charter came into force since this was asked.";
  const proposal = await findVersion(tx.db, pilot.id, gate.charterId ?? "");
  if (proposal && runs === "keep") {
    const strangers = await whyNotKept(tx, pilot.id, [inForce], proposal);
    if (strangers !== null) return strangers;
  }
  // Who asked is one of those who want it, so what they are is read again like that of whoever approves.
  const grants = await liveGrants(tx, askedBy);
  if (!can(grants, "pilot.amend", pilot.id)) return `${NO_MORE} a lead here.`;
  const now = amendRule(inForce.charter, loosens, { personId: askedBy, grants }, pilot.id);
  const isAsked = now.mustHold === mustHold && roles.every((role) => now.roles.some((one) => one === role));
  return isAsked ? null : `${NO_MORE} a security lead here.`;
}

const NO_MORE = "Whoever asked for it is no longer";

/** Runs that were launched under another version keep theirs, or end here, as the document says. */
export async function amend(tx: Tx, scope: Scope, gate: AmendGate): Promise<void> {
  const pilot = await lockedPilot(tx, gate.pilotId ?? "");
  const before = await charterToAmend(tx, pilot);
  const { runs, charter, charterVersion } = readDocument(gate);
  await amendPilot(tx, pilot, before, gate.charterId ?? "");
  const inForce = await findActiveCharter(tx.db, pilot.id);
  if (inForce) await keepByCharter(tx, scope, pilot.id, inForce);
  const open = await lockOpenRuns(tx, pilot.id);
  if (runs === "keep") {
    // They keep their charter; who has to approve is asked anew.
    for (const run of open) await rebindMergeGate(tx, scope, run);
    return;
  }
  for (const run of open.filter(({ charterDigest }) => charterDigest !== charter))
    await cancelLocked(tx, scope, run, `Version ${charterVersion} of the charter is in force.`);
}
