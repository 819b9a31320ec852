// Reading pilots and moving them from one status to another. Writing charters: write-charter.ts.
import { maySee, requirePermission } from "../authz/require.ts";
import { visiblePilots } from "../authz/rules.ts";
import { type Db, read, type Tx, transaction } from "../db.ts";
import { conflict, forbidden, notFound } from "../errors.ts";
import { notify } from "../notify.ts";
import { changeOf } from "../record/change.ts";
import { reasonDetail } from "../record/reason.ts";
import type { EntryKind, NewEntryOf } from "../record/schema.ts";
import { keepByCharter } from "../retention/by-charter.ts";
import type { Scope } from "../scope.ts";
import { parseCharter } from "./canonical.ts";
import { baselineEnd, cannotMove, mayMove, pilotState } from "./rules.ts";
import type { Charter, PausePilot, PilotDetail, PilotStatus, PilotView, StoredCharter } from "./schema.ts";
import {
  type CharterRow,
  findCharter,
  findLatestCharter,
  findOpenAmendGate,
  findOpenResumeGate,
  findPilot,
  lockPilot,
  type PilotChange,
  type PilotState,
  selectHolders,
  selectMembers,
  selectPilots,
  selectVersions,
  updatePilotStatus,
} from "./store.ts";

export type { PilotState } from "./store.ts";

/** Pilots the scope is a member of, newest first. */
export async function listPilots(scope: Scope): Promise<PilotView[]> {
  return read(scope, (db) => selectPilots(db, visiblePilots(scope.grants)));
}

export async function getPilot(scope: Scope, pilotId: string): Promise<PilotDetail> {
  return read(scope, async (db) => {
    const [pilot] = await selectPilots(db, visiblePilots(scope.grants), [pilotId]);
    if (!pilot) throw notFound("pilot");
    const versions = await selectVersions(db, pilotId);
    const shown = await (pilot.activeCharterId
      ? findCharter(db, pilot.activeCharterId)
      : findLatestCharter(db, pilotId));
    return {
      ...pilot,
      charter: stored(shown, pilotId),
      versions: versions.map((version) => ({ ...version, active: version.id === pilot.activeCharterId })),
      members: await selectMembers(db, pilotId),
    };
  });
}

/** One version of a charter, active or not. */
export async function getCharter(scope: Scope, charterId: string): Promise<StoredCharter> {
  const row = await read(scope, (db) => findCharter(db, charterId));
  if (!row || !maySee(scope, row.pilotId)) throw notFound("charter");
  return stored(row, row.pilotId);
}

function stored(row: CharterRow | null, pilotId: string): StoredCharter {
  if (!row) throw new Error(`pilot ${pilotId} has no charter`);
  const { id, version, digest, canonical } = row;
  return { id, pilotId, version, digest, canonical, charter: parseCharter(canonical) };
}

/** For other services, inside their transaction. */
export async function findPilotState(db: Db, pilotId: string): Promise<PilotState | null> {
  return findPilot(db, pilotId);
}

/** One version of the pilot's charter, in force or not. */
export async function findVersion(db: Db, pilotId: string, charterId: string): Promise<StoredCharter | null> {
  const row = await findCharter(db, charterId);
  return row?.pilotId === pilotId ? stored(row, pilotId) : null;
}

/** Who holds what on the pilot. */
export const findHolders = selectHolders;

/** The gate at which another version waits, or null. */
export const findOpenAmendment = findOpenAmendGate;

/** The gate at which people are asked to let the pilot go on, or null. */
export const findOpenResumption = findOpenResumeGate;

export async function findLatestVersion(db: Db, pilotId: string): Promise<StoredCharter | null> {
  const row = await findLatestCharter(db, pilotId);
  return row && stored(row, pilotId);
}

/** The charter the pilot runs by, or null before activation. */
export async function findActiveCharter(db: Db, pilotId: string): Promise<StoredCharter | null> {
  const pilot = await findPilot(db, pilotId);
  return pilot?.activeCharterId ? stored(await findCharter(db, pilot.activeCharterId), pilotId) : null;
}

/** Its digest, or null before activation and where there is no pilot. */
export async function charterInForce(db: Db, pilotId: string | null): Promise<string | null> {
  const pilot = pilotId === null ? null : await findPilot(db, pilotId);
  return pilot?.activeCharterId ? digestOf(db, pilot.activeCharterId) : null;
}

async function digestOf(db: Db, charterId: string): Promise<string> {
  const row = await findCharter(db, charterId);
  if (!row) throw notFound("charter");
  return row.digest;
}

/** The charter version a run was launched under. */
export async function charterOf(db: Db, charterId: string): Promise<Charter> {
  const row = await findCharter(db, charterId);
  if (!row) throw notFound("charter");
  return parseCharter(row.canonical);
}

type NoMove =
  | "pilot.created"
  | "pilot.charter_written"
  | "pilot.amendment_asked"
  | "pilot.amended"
  | "pilot.tripped"
  | "pilot.launch_refused"
  | "pilot.trip_carried_out"
  | "pilot.wire_tripped"
  | "pilot.wire_step_done"
  | "pilot.wire_armed"
  | "pilot.rate_set"
  | "pilot.week_packed"
  | "pilot.week_sampled"
  | "pilot.week_decided"
  | "pilot.exit_reviewed"
  | "pilot.exit_report_stated"
  | "pilot.exit_kit_handed_out"
  | "pilot.exit_decided"
  | "pilot.closing_begun"
  | "pilot.closing_step_done"
  | "pilot.closed";
type MoveKind = Exclude<Extract<EntryKind, `pilot.${string}`>, NoMove>;
type MoveEntry = { [K in MoveKind]: Pick<NewEntryOf<K>, "kind" | "detail"> }[MoveKind];

interface Move {
  readonly to: PilotStatus;
  readonly entry: (moved: { readonly from: PilotStatus; readonly to: PilotStatus }) => MoveEntry;
  readonly change?: PilotChange;
}

/** Moves a locked pilot and records it. Throws conflict when the table does not know the move. */
export async function movePilot(
  tx: Tx,
  pilot: Pick<PilotState, "id" | "status" | "activeCharterId">,
  move: Move,
): Promise<void> {
  const { to, entry, change = {} } = move;
  if (!mayMove(pilot.status, to)) throw cannotMove(pilot.status, to);
  if (!(await updatePilotStatus(tx.db, pilot.id, pilot.status, to, change)))
    throw conflict("The pilot has moved on; reload the page.");
  const before = pilot.activeCharterId ? await digestOf(tx.db, pilot.activeCharterId) : null;
  const after = change.activeCharterId ? await digestOf(tx.db, change.activeCharterId) : before;
  tx.record({
    ...entry({ from: pilot.status, to }),
    about: [`pilot:${pilot.id}`],
    charter: after,
    ...changeOf(pilotState(pilot, before), pilotState({ id: pilot.id, status: to }, after)),
  });
  if (to === "active") await notify(tx, "work_waiting", "");
}

/** The pilot's row, locked until the transaction ends. Throws not found. */
export async function lockedPilot(tx: Tx, pilotId: string): Promise<PilotState> {
  const pilot = await lockPilot(tx.db, pilotId);
  if (!pilot) throw notFound("pilot");
  return pilot;
}

/** The activation gate was approved: the pilot runs by exactly this charter version. */
export async function activatePilot(tx: Tx, scope: Scope, pilotId: string, charterId: string): Promise<void> {
  const pilot = await lockedPilot(tx, pilotId);
  const charter = await findCharter(tx.db, charterId);
  if (charter?.pilotId !== pilotId) throw notFound("charter");
  const version = stored(charter, pilotId);
  const now = scope.clock.now();
  await movePilot(tx, pilot, {
    to: "active",
    entry: (moved) => ({
      kind: "pilot.activated",
      detail: { ...moved, charter: charter.digest, version: charter.version },
    }),
    change: {
      ...{ activeCharterId: charterId, activatedAt: new Date(now), statusReason: null },
      baselineUntil: baselineEnd(version.charter, now),
    },
  });
  await keepByCharter(tx, scope, pilotId, version);
}

/** The activation gate was denied or expired: the charter may be written anew. */
export async function returnToDraft(tx: Tx, pilotId: string, reason: string): Promise<void> {
  const pilot = await lockedPilot(tx, pilotId);
  await movePilot(tx, pilot, {
    to: "draft",
    entry: (moved) => ({ kind: "pilot.returned_to_draft", detail: { ...moved, ...reasonDetail(reason) } }),
    change: { statusReason: reason },
  });
}

/** No run of the pilot is given to a runner any more; those that run go on. Resuming is a gate. */
export async function pausePilot(scope: Scope, { pilotId, reason }: PausePilot): Promise<void> {
  requirePermission(scope, "pilot.pause", pilotId);
  await transaction(scope, async (tx) => {
    const pilot = await lockedPilot(tx, pilotId);
    await movePilot(tx, pilot, {
      to: "paused",
      entry: (moved) => ({
        kind: "pilot.paused",
        detail: { ...moved, by: "person", ...reasonDetail(reason) },
      }),
      change: { statusReason: reason },
    });
  });
}

/** Pauses an active pilot in the transaction that saw the criterion trip; says whether it was this one that did. */
export async function pauseByTripwire(
  tx: Tx,
  _scope: Scope,
  pilotId: string,
  reason: string,
): Promise<boolean> {
  const pilot = await lockedPilot(tx, pilotId);
  if (pilot.status !== "active") return false;
  await movePilot(tx, pilot, {
    to: "paused",
    entry: (moved) => ({
      kind: "pilot.paused",
      detail: { ...moved, by: "tripwire", ...reasonDetail(reason) },
    }),
    change: { statusReason: reason },
  });
  return true;
}

/** The resume gate was approved. */
export async function resumePilot(tx: Tx, _scope: Scope, pilotId: string): Promise<void> {
  const pilot = await lockedPilot(tx, pilotId);
  await movePilot(tx, pilot, {
    to: "active",
    entry: (moved) => ({ kind: "pilot.resumed", detail: moved }),
    change: { statusReason: null },
  });
}

/** The demo's pilot alone becomes active without two people, and only the installation itself may do that. */
export async function activateDemoPilot(scope: Scope, pilotId: string): Promise<void> {
  if (scope.actor.kind !== "system") throw forbidden("A pilot is activated by two people at its gate.");
  await transaction(scope, async (tx) => {
    const pilot = await lockedPilot(tx, pilotId);
    if (!pilot.demo) throw forbidden("Only the demo's pilot is activated by the installation.");
    const charter = await findLatestCharter(tx.db, pilotId);
    if (!charter) throw notFound("charter");
    await movePilot(tx, pilot, {
      to: "activating",
      entry: (moved) => ({
        kind: "pilot.activation_asked",
        detail: { ...moved, charter: charter.digest, version: charter.version },
      }),
    });
    await activatePilot(tx, scope, pilotId, charter.id);
  });
}
