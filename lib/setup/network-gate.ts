// A patch that changes what is installed waits for a person before anything of it is: the gate `network`. Until then, and when
// nobody agrees, the patched tree is tested with what the base's manifests gave.
import { randomBytes } from "node:crypto";
import { HOUR } from "../clock.ts";
import type { Db, Tx } from "../db.ts";
import { openGate } from "../gates/open-gate.ts";
import { newestGate } from "../gates/run-gates.ts";
import { setupPlanOf } from "../pilots/rules.ts";
import { charterOf } from "../pilots/service.ts";
import type { RunRow } from "../runs/run-in-tx.ts";
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
  const { approverRoles, approvalHours } = charter.controls;
  await openGate(tx, scope, {
    kind: "network",
    pilotId: run.pilotId,
    runId: run.id,
    document: {
      ...{ v: 1, decides: "network", run: run.id, attempt: patch.attempt, baseCommit: run.baseCommit },
      ...{ patch: patch.digest, manifests: manifests.slice(0, MOST_NAMED), count: manifests.length },
      ...{ setup, charter: run.charterDigest, method: "session", nonce: randomBytes(16).toString("hex") },
    },
    rule: { needed: 1, roles: approverRoles, barred: [run.launchedBy] },
    expiresAt: new Date(scope.clock.now() + approvalHours * HOUR),
  });
}

export type NetworkDecision = "none" | "open" | "approved" | "denied";

/** What became of the question for this patch. Expired and void count as denied. */
export async function networkDecision(db: Db, runId: string, patch: string): Promise<NetworkDecision> {
  const gate = await newestGate(db, runId, "network");
  if (gate === null || NetworkDocument.parse(JSON.parse(gate.document)).patch !== patch) return "none";
  return gate.status === "open" || gate.status === "approved" ? gate.status : "denied";
}
