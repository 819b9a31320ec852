import { can, visiblePilots } from "../authz/rules.ts";
import type { RoleGrant } from "../authz/schema.ts";
import { type Db, read } from "../db.ts";
import { notFound } from "../errors.ts";
import { whyUncheckedIn } from "../outside-checks/rules.ts";
import { liveGrants, namesOf } from "../people/service.ts";
import { actorId, type Scope } from "../scope.ts";
import { factsNow } from "./facts-now.ts";
import { countOpen, type Decider, type Held, selectInbox } from "./inbox-store.ts";
import { refusalToApprove, refusalToDeny } from "./rules.ts";
import { type GateView, type InboxQuery, readCursor } from "./schema.ts";
import { signingAt } from "./step-up.ts";
import { factsOf, findGate, type GateRow, listDecided, listOfRun } from "./store.ts";

/** `own`: what the person holds, where it was read already. */
async function viewsOf(
  db: Db,
  scope: Scope,
  gates: readonly GateRow[],
  own?: readonly RoleGrant[],
): Promise<GateView[]> {
  const people = gates.flatMap((gate) => [
    gate.openedBy,
    ...gate.approvals.flatMap(({ personId, deputyOf }) => [personId, ...present([deputyOf])]),
  ]);
  const me = actorId(scope.actor);
  const [names, runs, pilots, grants, facts, signing] = await Promise.all([
    namesOf(scope, people),
    titles(db, present(gates.map(({ runId }) => runId))),
    pilotNames(db, present(gates.map(({ pilotId }) => pilotId))),
    own ?? liveGrants({ db }, me),
    factsNow(db, gates),
    signingAt(db, me, gates),
  ]);
  return gates.map((gate, nth) => {
    const now = facts[nth] ?? factsOf(gate);
    const { barred: _, approvals, ...shown } = gate;
    const { pilotId, runId, openedBy } = gate;
    return {
      ...shown,
      pilotName: pilotId ? (pilots.get(pilotId) ?? null) : null,
      title: titleOf(gate, runId ? runs.get(runId) : undefined, pilotId ? pilots.get(pilotId) : undefined),
      openedByName: names.get(openedBy) ?? (gate.kind === "command" ? "the agent" : openerOf(openedBy)),
      approvals: approvals.map((approval) => ({
        id: approval.id,
        personId: approval.personId,
        personName: names.get(approval.personId) ?? approval.personId,
        forName: approval.deputyOf === null ? null : (names.get(approval.deputyOf) ?? approval.deputyOf),
        role: approval.role,
        decision: approval.decision === "deny" ? "deny" : "approve",
        reason: approval.reason,
        isSigned: approval.assertion !== null,
        source: approval.source,
        at: approval.createdAt,
        withdrawnAt: approval.withdrawnAt,
      })),
      roleNames: now.roleNames ?? {},
      namesPeople: (now.rule.people ?? []).length > 0,
      signing: signing(gate),
      cannotApprove: refusalToApprove(now, { personId: me, grants }, scope.clock.now()),
      waitsFor: gate.kind === "merge" && gate.status === "open" ? whyUncheckedIn(gate.document) : null,
      cannotDeny: refusalToDeny(now, { personId: me, grants }, scope.clock.now()),
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
    case "artefact":
      return `Take out of quarantine: ${run ?? gate.runId}`;
    case "network":
      return `Install for the patch: ${run ?? gate.runId}`;
    case "amend":
      return `Amend the charter: ${pilot ?? gate.pilotId}`;
    case "break_glass":
      return `Review what was merged by broken glass: ${run ?? gate.runId}`;
    case "release":
      return `Release: ${pilot ?? gate.pilotId}`;
    case "exit_review":
      return `Exit: ${pilot ?? gate.pilotId}`;
    case "weekly_review":
      return `Weekly review: ${pilot ?? gate.pilotId}`;
    case "activate":
      return `Activate: ${pilot ?? gate.pilotId}`;
    case "resume":
      if (gate.stopId === null) return `Resume: ${pilot ?? gate.pilotId}`;
      return pilot ? `Lift the stop of ${pilot}` : "Lift the emergency stop";
  }
}

/** Those that are there, each once. */
const present = (ids: readonly (string | null)[]): string[] => [...new Set(ids.flatMap((id) => id ?? []))];

async function titles(db: Db, ids: readonly string[]): Promise<Map<string, string>> {
  const rows = await db.run.findMany({ where: { id: { in: [...ids] } }, select: { id: true, title: true } });
  return new Map(rows.map((row) => [row.id, row.title]));
}

async function pilotNames(db: Db, ids: readonly string[]): Promise<Map<string, string>> {
  const rows = await db.pilot.findMany({ where: { id: { in: [...ids] } }, select: { id: true, name: true } });
  return new Map(rows.map((row) => [row.id, row.name]));
}

/** Gates of one page of the inbox. */
export const INBOX_PAGE = 50;

const heldBy = (grants: readonly RoleGrant[]): Held => ({
  organisation: grants.flatMap(({ role, pilotId }) => (pilotId === null ? [role] : [])),
  onPilots: grants.flatMap(({ role, pilotId }) => (pilotId === null ? [] : [{ role, pilotId }])),
});

/** The roles somebody decides with, as they stand now. */
export const deciderOf = async (db: Db, personId: string): Promise<Decider> =>
  deciderWith(personId, await liveGrants({ db }, personId));

function deciderWith(personId: string, held: readonly RoleGrant[]): Decider {
  const grants = held.filter((grant) => can([grant], "gate.decide"));
  const byAbsent = Map.groupBy(grants, ({ deputyOf }) => deputyOf ?? null);
  return {
    personId,
    own: heldBy(byAbsent.get(null) ?? []),
    absent: [...byAbsent].flatMap(([id, theirs]) =>
      id === null ? [] : [{ personId: id, held: heldBy(theirs) }],
    ),
  };
}

/**
 * One page of the open gates of the pilots the scope may see, the soonest deadline first: all of them, or those this
 * person may approve. The next page begins after `cursorOf` its last gate.
 */
export async function listInbox(scope: Scope, query: InboxQuery = {}): Promise<GateView[]> {
  const { show = "team", kind = null, pilotId = null, after = null, limit = INBOX_PAGE } = query;
  return read(scope, async (db) => {
    const me = actorId(scope.actor);
    const grants = await liveGrants({ db }, me);
    const mine = show === "mine" ? deciderWith(me, grants) : null;
    const now = new Date(scope.clock.now());
    const pilotIds = visiblePilots(scope.grants);
    const cursor = after === null ? null : readCursor(after);
    const rows = await selectInbox(db, { pilotIds, mine, kind, pilotId, after: cursor, limit, now });
    return viewsOf(db, scope, rows, grants);
  });
}

/** How many open gates there are, and how many of them this person may approve. */
export async function countInbox(scope: Scope): Promise<{ readonly mine: number; readonly team: number }> {
  return read(scope, async (db) => {
    const decider = await deciderOf(db, actorId(scope.actor));
    return countOpen(db, visiblePilots(scope.grants), decider, new Date(scope.clock.now()));
  });
}

/** How many gates wait for a person, and when the first of them runs out. */
export async function waitingForPerson(
  db: Db,
  personId: string,
  grants: readonly RoleGrant[],
  now: Date,
): Promise<{ readonly count: number; readonly first: Date | null }> {
  const mine = deciderWith(personId, grants);
  const pilotIds = visiblePilots(grants);
  const { mine: count } = await countOpen(db, pilotIds, mine, now);
  const asked = { pilotIds, mine, kind: null, pilotId: null, after: null, limit: 1, now };
  const [first] = count === 0 ? [] : await selectInbox(db, asked);
  return { count, first: first?.expiresAt ?? null };
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
