// The effect of a week's gate, in the transaction that closes it. Runs and pilot are locked before the gate.
import type { Tx } from "../db.ts";
import { conflict } from "../errors.ts";
import { charterInForce, findActiveCharter, lockedPilot, movePilot } from "../pilots/service.ts";
import { reasonDetail } from "../record/reason.ts";
import { cancelLocked } from "../runs/cancel-run.ts";
import { lockOpenRuns } from "../runs/run-in-tx.ts";
import type { Scope } from "../scope.ts";
import { WeekDocument } from "./schema.ts";
import { findLatestPack, setDecision } from "./store.ts";

interface WeekGate {
  readonly id: string;
  readonly pilotId: string | null;
  readonly document: string;
}

const readDocument = ({ document }: WeekGate) => WeekDocument.parse(JSON.parse(document));

/** Null where the owners, the pilot and the pack are those that were asked about; else why the gate is void. */
export async function whyWeekNotDecided(tx: Tx, gate: WeekGate): Promise<string | null> {
  const { pack, packDigest, owners } = readDocument(gate);
  const pilot = await lockedPilot(tx, gate.pilotId ?? "");
  if (pilot.status !== "active" && pilot.status !== "paused") return `The pilot is ${pilot.status}.`;
  const latest = await findLatestPack(tx.db, pilot.id);
  if (latest?.id !== pack || latest.digest !== packDigest) return "Another week was packed since.";
  if (latest.decision !== null) return "The week is decided already.";
  const inForce = await findActiveCharter(tx.db, pilot.id);
  const now = inForce?.charter.kpis.owners ?? [];
  const isSame = now.length === owners.length && now.every((owner) => owners.includes(owner));
  return isSame ? null : "Other people own the pilot since this was asked.";
}

export async function decideWeek(tx: Tx, scope: Scope, gate: WeekGate): Promise<void> {
  const { pack, number, packDigest, decision, reason } = readDocument(gate);
  const pilotId = gate.pilotId ?? "";
  const decidedAt = new Date(scope.clock.now());
  if (!(await setDecision(tx.db, pack, { decision, reason, decidedAt, gateId: gate.id })))
    throw conflict("The week is decided already.");
  tx.record({
    kind: "pilot.week_decided",
    about: [`pilot:${pilotId}`, `gate:${gate.id}`],
    charter: await charterInForce(tx.db, pilotId),
    detail: { pack, number, digest: packDigest, gate: gate.id, decision, ...reasonDetail(reason) },
  });
  if (decision === "stop")
    await stopPilot(tx, scope, pilotId, `Stopped by the review of week ${number}: ${reason}`);
}

/** Nothing is dispatched and nothing goes on; letting it go on again is a gate, and closing it stays with the owners. */
async function stopPilot(tx: Tx, scope: Scope, pilotId: string, reason: string): Promise<void> {
  for (const run of await lockOpenRuns(tx, pilotId)) await cancelLocked(tx, scope, run, reason);
  const pilot = await lockedPilot(tx, pilotId);
  if (pilot.status !== "active") return;
  await movePilot(tx, pilot, {
    to: "paused",
    entry: (moved) => ({
      kind: "pilot.paused",
      detail: { ...moved, by: "person", ...reasonDetail(reason) },
    }),
    change: { statusReason: reason },
  });
}
