import { visiblePilots } from "../authz/rules.ts";
import { type Db, read } from "../db.ts";
import { notFound } from "../errors.ts";
import { liveGrants, namesOf } from "../people/service.ts";
import { actorId, type Scope } from "../scope.ts";
import { refusalToApprove, refusalToDeny } from "./rules.ts";
import type { GateView } from "./schema.ts";
import { factsOf, findGate, type GateRow, listDecided, listOfRun, listOpen } from "./store.ts";

async function viewsOf(db: Db, scope: Scope, gates: readonly GateRow[]): Promise<GateView[]> {
  const people = gates.flatMap((gate) => [
    gate.openedBy,
    ...gate.approvals.map((approval) => approval.personId),
  ]);
  const names = await namesOf(scope, people);
  const runs = await titles(
    db,
    gates.flatMap((gate) => gate.runId ?? []),
  );
  const pilots = await pilotNames(
    db,
    gates.flatMap((gate) => gate.pilotId ?? []),
  );
  const me = actorId(scope.actor);
  const grants = await liveGrants({ db }, me);
  return gates.map((gate) => {
    const { barred: _, approvals, ...shown } = gate;
    const { pilotId, runId, openedBy } = gate;
    return {
      ...shown,
      pilotName: pilotId ? (pilots.get(pilotId) ?? null) : null,
      title: titleOf(gate, runId ? runs.get(runId) : undefined, pilotId ? pilots.get(pilotId) : undefined),
      openedByName: names.get(openedBy) ?? (gate.kind === "command" ? "the agent" : openerOf(openedBy)),
      approvals: approvals.map((approval) => ({
        personId: approval.personId,
        personName: names.get(approval.personId) ?? approval.personId,
        role: approval.role,
        decision: approval.decision === "deny" ? "deny" : "approve",
        reason: approval.reason,
        at: approval.createdAt,
      })),
      cannotApprove: refusalToApprove(factsOf(gate), { personId: me, grants }, scope.clock.now()),
      cannotDeny: refusalToDeny(factsOf(gate), { personId: me, grants }, scope.clock.now()),
    };
  });
}

/** Merge gates are opened by what a runner handed in, others by what was found in it. */
const openerOf = (id: string): string => {
  if (id.startsWith("system:")) return "Pilothouse itself";
  return id.startsWith("rnr_") ? "the verification" : id;
};

function titleOf(gate: GateRow, run: string | undefined, pilot: string | undefined): string {
  switch (gate.kind) {
    case "command":
      return `Asked by the agent: ${run ?? gate.runId}`;
    case "merge":
      return `Merge: ${run ?? gate.runId}`;
    case "network":
      return `Install for the patch: ${run ?? gate.runId}`;
    case "amend":
      return `Amend the charter: ${pilot ?? gate.pilotId}`;
    case "activate":
      return `Activate: ${pilot ?? gate.pilotId}`;
    case "resume":
      if (gate.stopId === null) return `Resume: ${pilot ?? gate.pilotId}`;
      return pilot ? `Lift the stop of ${pilot}` : "Lift the emergency stop";
  }
}

async function titles(db: Db, ids: readonly string[]): Promise<Map<string, string>> {
  const rows = await db.run.findMany({ where: { id: { in: [...ids] } }, select: { id: true, title: true } });
  return new Map(rows.map((row) => [row.id, row.title]));
}

async function pilotNames(db: Db, ids: readonly string[]): Promise<Map<string, string>> {
  const rows = await db.pilot.findMany({ where: { id: { in: [...ids] } }, select: { id: true, name: true } });
  return new Map(rows.map((row) => [row.id, row.name]));
}

/** Open gates of the pilots the scope may see, the soonest deadline first. */
export async function listInbox(scope: Scope): Promise<GateView[]> {
  return read(scope, async (db) => viewsOf(db, scope, await listOpen(db, visiblePilots(scope.grants))));
}

/** The newest closed gates of the pilots the scope may see. */
export async function listDecisions(scope: Scope): Promise<GateView[]> {
  return read(scope, async (db) => viewsOf(db, scope, await listDecided(db, visiblePilots(scope.grants))));
}

/** Gates of a run, newest first. The caller has checked the run's visibility. */
export async function listGatesOf(scope: Scope, runId: string): Promise<GateView[]> {
  return read(scope, async (db) => viewsOf(db, scope, await listOfRun(db, runId)));
}

export async function getGate(scope: Scope, gateId: string): Promise<GateView> {
  return read(scope, async (db) => {
    const gate = await findGate(db, gateId);
    const pilots = visiblePilots(scope.grants);
    const visible = gate && (pilots === "all" || (gate.pilotId !== null && pilots.includes(gate.pilotId)));
    const [view] = visible ? await viewsOf(db, scope, [gate]) : [];
    if (!view) throw notFound("gate");
    return view;
  });
}
