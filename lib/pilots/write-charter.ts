// Writing a pilot down. A version, once written, is never changed; the next one has the next number.
import { kindsOf } from "../agents/rules.ts";
import { findAgents } from "../agents/service.ts";
import { requirePermission } from "../authz/require.ts";
import { type Tx, transaction } from "../db.ts";
import { badInput, conflict, forbidden } from "../errors.ts";
import { newId } from "../ids.ts";
import { isModelAllowed } from "../model-calls/rules.ts";
import { changeOf, made } from "../record/change.ts";
import { labelFaults } from "../repositories/label-rules.ts";
import { findRepositoryState } from "../repositories/service.ts";
import { actorId, type Scope } from "../scope.ts";
import { charterDigest, charterText } from "./canonical.ts";
import { contradictions } from "./contradictions.ts";
import { faultsOfRoles } from "./gate-roles.ts";
import { pilotState, untimely } from "./rules.ts";
import type { Charter, NewPilot, PilotStatus } from "./schema.ts";
import { charterInForce, findActiveCharter, lockedPilot } from "./service.ts";
import { findLatestCharter, insertCharter, insertPilot } from "./store.ts";

export interface WrittenCharter {
  readonly charterId: string;
  readonly version: number;
  readonly digest: string;
}

/** A new pilot, in draft, with the first version of its charter. */
export async function createPilot(
  scope: Scope,
  input: NewPilot,
): Promise<{ pilotId: string } & WrittenCharter> {
  requirePermission(scope, "pilot.create", null);
  refuseContradictions(input.charter);
  return transaction(scope, (tx) => insert(tx, scope, input, false));
}

/** A pilot marked as the demo's. Only the installation itself makes one. */
export async function createDemoPilot(
  scope: Scope,
  input: NewPilot,
): Promise<{ pilotId: string } & WrittenCharter> {
  if (scope.actor.kind !== "system") throw forbidden("Only the installation makes the demo's pilot.");
  return transaction(scope, (tx) => insert(tx, scope, input, true));
}

/** What is in force stays in force until its amendment was agreed to. */
const WRITABLE: readonly PilotStatus[] = ["draft", "active", "paused"];
const SAME_REPOSITORY =
  "A pilot that was activated keeps its repository; write another pilot for another one.";

/** The next version of a pilot's charter. Writing what stands there already gives the version that stands there. */
export async function writeCharter(
  scope: Scope,
  { pilotId, charter }: { pilotId: string; charter: Charter },
): Promise<WrittenCharter> {
  requirePermission(scope, "pilot.amend", pilotId);
  refuseContradictions(charter);
  return transaction(scope, async (tx) => {
    const pilot = await lockedPilot(tx, pilotId);
    if (!WRITABLE.includes(pilot.status))
      throw conflict(`The pilot is ${pilot.status}; its charter is not written anew now.`);
    await refuseUnusable(tx, scope, charter, pilot.timeZone);
    const inForce = await findActiveCharter(tx.db, pilotId);
    if (inForce && inForce.charter.scope.repositoryId !== charter.scope.repositoryId)
      throw badInput(UNUSABLE, { "scope.repositoryId": [SAME_REPOSITORY] });
    const latest = await findLatestCharter(tx.db, pilotId);
    if (latest?.digest === charterDigest(charter)) {
      return { charterId: latest.id, version: latest.version, digest: latest.digest };
    }
    return append(tx, scope, pilotId, latest, charter);
  });
}

async function insert(tx: Tx, scope: Scope, { name, timeZone, charter }: NewPilot, demo: boolean) {
  await refuseUnusable(tx, scope, charter, timeZone);
  const now = scope.clock.now();
  const pilotId = newId("pilot", now);
  await insertPilot(tx.db, {
    id: pilotId,
    name,
    timeZone,
    demo,
    createdBy: actorId(scope.actor),
    createdAt: new Date(now),
  });
  tx.record({
    kind: "pilot.created",
    about: [`pilot:${pilotId}`],
    ...made(pilotState({ id: pilotId, status: "draft" }, null)),
    detail: { time_zone: timeZone, demo },
  });
  return { pilotId, ...(await append(tx, scope, pilotId, null, charter)) };
}

async function append(
  tx: Tx,
  scope: Scope,
  pilotId: string,
  latest: { readonly version: number; readonly digest: string } | null,
  charter: Charter,
): Promise<WrittenCharter> {
  const now = scope.clock.now();
  const charterId = newId("charter", now);
  const version = (latest?.version ?? 0) + 1;
  const canonical = charterText(charter);
  const digest = charterDigest(charter);
  await insertCharter(tx.db, {
    id: charterId,
    pilotId,
    version,
    canonical,
    digest,
    createdBy: actorId(scope.actor),
    createdAt: new Date(now),
  });
  const written = { pilot: pilotId, version, digest };
  tx.record({
    kind: "pilot.charter_written",
    about: [`pilot:${pilotId}`],
    charter: await charterInForce(tx.db, pilotId),
    ...(latest
      ? changeOf({ pilot: pilotId, version: latest.version, digest: latest.digest }, written)
      : made(written)),
    detail: { charter: charterId, version, digest },
  });
  return { charterId, version, digest };
}

const UNUSABLE = "The charter cannot be used as it is.";

function refuseContradictions(charter: Charter): void {
  const fields = contradictions(charter);
  if (Object.keys(fields).length > 0) throw badInput(UNUSABLE, fields);
}

/** Each agent that the charter names is there, uses a model that it names, and does work of a kind that it names. */
async function refusalOfAgents(tx: Tx, { goal, scope, controls }: Charter): Promise<string[]> {
  const found = await findAgents(tx.db, controls.agents);
  const kinds = scope.kinds.length > 0 ? scope.kinds : [goal.kind];
  return controls.agents.flatMap((id) => {
    const agent = found.find((each) => each.id === id);
    if (!agent) return [`There is no agent ${id}.`];
    if (agent.model !== null && !isModelAllowed(controls.models, agent.model))
      return [`“${agent.name}” uses the model ${agent.model}, which the charter does not name.`];
    return kinds.some((kind) => kindsOf(agent).includes(kind))
      ? []
      : [
          `“${agent.name}” does runs of kind “${kindsOf(agent).join(", ")}” only, and the charter names none of these.`,
        ];
  });
}

async function refuseUnusable(tx: Tx, scope: Scope, charter: Charter, timeZone: string): Promise<void> {
  const fields = untimely(charter, timeZone, scope.clock.now()) ?? {};
  const repository = await findRepositoryState(tx.db, charter.scope.repositoryId);
  if (repository?.branch && repository.branch !== charter.scope.branch) {
    fields["scope.branch"] = [
      `The repository is read on “${repository.branch}”; write that, or add it again with another branch.`,
    ];
  }
  if (repository) Object.assign(fields, labelFaults(charter, repository.labels));
  if (!repository)
    fields["scope.repositoryId"] = ["There is no such repository; choose another one or add it first."];
  const agents = await refusalOfAgents(tx, charter);
  if (agents.length > 0) fields["controls.agents"] = agents;
  const roles = await faultsOfRoles(tx.db, charter);
  if (roles.length > 0) fields["controls.gates"] = roles;
  if (Object.keys(fields).length > 0) throw badInput(UNUSABLE, fields);
}
