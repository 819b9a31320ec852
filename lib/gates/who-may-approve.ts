import { nameOfRole, type RoleNames } from "../authz/rules.ts";
import { type Db, read } from "../db.ts";
import { notFound } from "../errors.ts";
import { mergeRule } from "../merges/rules.ts";
import { liveGrants, peopleWith } from "../people/service.ts";
import { findActiveCharter } from "../pilots/service.ts";
import { decidingRoles } from "../roles/deciding.ts";
import { actorId, type Scope } from "../scope.ts";
import { type ApproversLeft, approversLeft, type Bar } from "./approver-rules.ts";
import { factsNow, type Since, sinceOf } from "./facts-now.ts";
import { countingApprovals, type GateRule } from "./rules.ts";
import { findGate, type GateRow } from "./store.ts";

async function left(
  db: Db,
  rule: GateRule,
  pilotId: string,
  given: readonly { readonly role: string }[],
  barred: ReadonlyMap<string, Bar>,
  names: RoleNames = {},
): Promise<ApproversLeft> {
  const { mustHold, needed, roles, people = [] } = rule;
  const lacks = mustHold !== undefined && !given.some(({ role }) => role === mustHold) ? mustHold : null;
  return approversLeft({
    missing: Math.max(lacks ? 1 : 0, needed - given.length),
    holders: (await peopleWith(db, roles, pilotId)).filter(
      ({ personId }) => people.length === 0 || people.includes(personId),
    ),
    barred,
    special: lacks
      ? { roleName: nameOfRole(lacks, names), holders: await peopleWith(db, [lacks], pilotId) }
      : null,
    namesPeople: people.length > 0,
    roles: roles.map((role) => nameOfRole(role, names)).join(" or "),
  });
}

/** Who could approve an open gate now, and who holds a role and cannot, and why. Null once it is closed. */
export async function whoMayApprove(scope: Scope, gateId: string): Promise<ApproversLeft | null> {
  return read(scope, async (db) => {
    const gate = await findGate(db, gateId);
    if (!gate) throw notFound("gate");
    if (gate.status !== "open") return null;
    const since = await sinceOf(db, gate.runId === null ? [] : [gate.runId]);
    const [facts] = await factsNow(db, [gate], since);
    if (!facts) throw notFound("gate");
    const grants = new Map<string, Awaited<ReturnType<typeof liveGrants>>>();
    for (const { personId } of gate.approvals) grants.set(personId, await liveGrants({ db }, personId));
    const given = countingApprovals(facts, gate.approvals, (personId) => grants.get(personId) ?? []);
    return left(db, facts.rule, gate.pilotId ?? "", given, await barsOf(db, gate, since), facts.roleNames);
  });
}

/** Later reasons outweigh earlier ones: an approval of somebody who steered since counts no more. */
async function barsOf(db: Db, gate: GateRow, since: Since): Promise<ReadonlyMap<string, Bar>> {
  const run = gate.runId
    ? await db.run.findUnique({ where: { id: gate.runId }, select: { launchedBy: true } })
    : null;
  const steerers = since.steerers.get(gate.runId ?? "") ?? [];
  const reported = since.reporters.get(gate.runId ?? "") ?? [];
  const reporters = gate.kind === "merge" ? reported : reported.filter((id) => gate.barred.includes(id));
  const steered = gate.kind === "merge" ? steerers : steerers.filter((id) => gate.barred.includes(id));
  return new Map<string, Bar>([
    ...gate.approvals.flatMap(({ personId, decision, withdrawnAt }) =>
      withdrawnAt === null ? [[personId, decision === "deny" ? "denied" : "approved"] as const] : [],
    ),
    ...gate.barred.map((id) => [id, "asked"] as const),
    ...reporters.map((id) => [id, "reported"] as const),
    ...steered.map((id) => [id, "steered"] as const),
    ...gate.barred.flatMap((id) => (id === run?.launchedBy ? [[id, "launched"] as const] : [])),
  ]);
}

/** Who could approve the merge of what this person is about to launch; null where no charter is in force. */
export async function launchNotice(scope: Scope, pilotId: string): Promise<ApproversLeft | null> {
  return read(scope, async (db) => {
    const inForce = await findActiveCharter(db, pilotId);
    if (!inForce) return null;
    const me = actorId(scope.actor);
    const rule = mergeRule(inForce.charter, [], [me]);
    const names = Object.fromEntries((await decidingRoles(db, rule.roles)).map(({ id, name }) => [id, name]));
    return left(db, rule, pilotId, [], new Map([[me, "launched"]]), names);
  });
}
