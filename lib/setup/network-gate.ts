// A patch that changes what is installed waits for a person before anything of it is: the gate `network`. Until then, and when
// nobody agrees, the patched tree is tested with what the base's manifests gave.
import { randomBytes } from "node:crypto";
import type { Db, Tx } from "../db.ts";
import { appendOwnEvent } from "../events/service.ts";
import { openGate } from "../gates/open-gate.ts";
import { ownRuleOf, ruledBy, ruledDeadline } from "../gates/own-rules.ts";
import { newestGate } from "../gates/run-gates.ts";
import { handsIn } from "../messages/service.ts";
import { notify } from "../notify.ts";
import { approvalDeadline, setupPlanOf } from "../pilots/rules.ts";
import { charterOf, findPilotState } from "../pilots/service.ts";
import { lockRun, type RunRow } from "../runs/run-in-tx.ts";
import type { Scope } from "../scope.ts";
import { manifestsAmong } from "./rules.ts";
import { NetworkDocument } from "./schema.ts";

interface ChangedFile {
  readonly path: string;
  readonly previousPath: string | null;
}

interface Patch {
  readonly attempt: number;
  readonly digest: string;
  readonly files: readonly ChangedFile[];
}

/** Manifests and lockfiles that a patch makes, changes, moves or removes. */
export const changedManifests = (files: readonly ChangedFile[]): string[] =>
  manifestsAmong(files.flatMap(({ path, previousPath }) => [path, previousPath ?? path]));

/** Named in the decision document; more of them are counted there. */
const MOST_NAMED = 200;

/** Opens the gate where the charter has a setup phase and the patch changes what that would install. */
export async function openNetworkGate(tx: Tx, scope: Scope, run: RunRow, patch: Patch): Promise<void> {
  const charter = await charterOf(tx.db, run.charterId);
  const setup = setupPlanOf(charter);
  const manifests = changedManifests(patch.files);
  if (setup === null || manifests.length === 0) return;
  const { approverRoles } = charter.controls;
  const timeZone = (await findPilotState(tx.db, run.pilotId))?.timeZone ?? "UTC";
  const now = scope.clock.now();
  // What the patch asks for may be what the agent was told to ask for.
  const barred = await handsIn(tx.db, run);
  await openGate(tx, scope, {
    kind: "network",
    pilotId: run.pilotId,
    runId: run.id,
    document: {
      ...{ v: 1, decides: "network", run: run.id, attempt: patch.attempt, baseCommit: run.baseCommit },
      ...{ patch: patch.digest, manifests: manifests.slice(0, MOST_NAMED), count: manifests.length },
      ...{ setup, charter: run.charterDigest, method: "session", nonce: randomBytes(16).toString("hex") },
    },
    rule: ruledBy(ownRuleOf(charter, "network"), { needed: 1, roles: approverRoles, barred }),
    expiresAt: ruledDeadline(charter, "network", timeZone, now, approvalDeadline(charter, timeZone, now)),
  });
  const more = manifests.length > 3 ? ` and ${manifests.length - 3} more` : "";
  const reason = `The patch changes ${manifests.slice(0, 3).join(", ")}${more}. Before it is verified a person decides whether what that asks for is installed.`;
  await tell(tx, scope, run, reason);
}

/** The verification goes on either way. The run is locked. */
export async function afterNetworkGate(
  tx: Tx,
  scope: Scope,
  runId: string,
  isAllowed: boolean,
): Promise<void> {
  const reason = isAllowed
    ? "What the patch's manifests ask for may be installed for its verification."
    : "Nothing is installed for the patch: it is tested with what the base installs.";
  await tell(tx, scope, await lockRun(tx, runId), reason);
  await notify(tx, "work_waiting", "");
}

/** Its state stays what it is; why it stands still, and goes on, stands in its timeline. */
const tell = (tx: Tx, scope: Scope, { id, attempt, status }: RunRow, reason: string): Promise<void> =>
  appendOwnEvent(tx, scope, id, attempt, {
    kind: "status_changed",
    body: { from: status, to: status, reason: reason.slice(0, 2000) },
  });

export type NetworkDecision = "none" | "open" | "approved" | "denied";

/** What became of the question for this patch. Expired and void count as denied. */
export async function networkDecision(db: Db, runId: string, patch: string): Promise<NetworkDecision> {
  const gate = await newestGate(db, runId, "network");
  if (gate === null || NetworkDocument.parse(JSON.parse(gate.document)).patch !== patch) return "none";
  return gate.status === "open" || gate.status === "approved" ? gate.status : "denied";
}
