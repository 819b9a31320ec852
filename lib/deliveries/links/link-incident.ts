// A person says which deployment an incident came of. It can be said anew; the log has what was said before.
import { requirePermission } from "../../authz/require.ts";
import { transaction } from "../../db.ts";
import { notFound, refused } from "../../errors.ts";
import { actorId, type Scope } from "../../scope.ts";
import type { LinkIncident } from "./schema.ts";
import { findDeploymentPlace, lockIncident, upsertLink } from "./store.ts";

export async function linkIncident(scope: Scope, { incidentId, deploymentId }: LinkIncident): Promise<void> {
  requirePermission(scope, "delivery.record", null);
  await transaction(scope, async (tx) => {
    const incident = await lockIncident(tx.db, incidentId);
    if (!incident) throw notFound("incident");
    if (deploymentId !== null) {
      const deployment = await findDeploymentPlace(tx.db, deploymentId);
      if (!deployment) throw notFound("deployment");
      if (incident.repositoryId !== null && deployment.repositoryId !== incident.repositoryId)
        throw refused("That deployment is of another repository than the incident. Choose one of its own.");
    }
    if (incident.isLinked && incident.linkedTo === deploymentId) return;
    const decidedAt = new Date(scope.clock.now());
    await upsertLink(tx.db, { incidentId, deploymentId, decidedBy: actorId(scope.actor), decidedAt });
    tx.record({
      kind: "incident.linked",
      about: [`incident:${incidentId}`],
      detail: { deployment: deploymentId },
    });
  });
}
