// A person says which deployment an incident came of. It can be said anew; the log has what was said before.
import { requirePermission } from "../../authz/require.ts";
import { type Db, transaction } from "../../db.ts";
import { conflict, notFound, refused } from "../../errors.ts";
import { actorId, type Scope } from "../../scope.ts";
import { type LinkIncident, saidOf } from "./schema.ts";
import { findDeploymentPlace, lockIncident, upsertLink } from "./store.ts";

export async function linkIncident(
  scope: Scope,
  { incidentId, deploymentId, seen }: LinkIncident,
): Promise<void> {
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
    if (seen !== undefined && seen !== saidOf(incident.isLinked, incident.linkedTo))
      throw conflict(await saidMeanwhile(tx.db, incident.linkedTo));
    const decidedAt = new Date(scope.clock.now());
    await upsertLink(tx.db, { incidentId, deploymentId, decidedBy: actorId(scope.actor), decidedAt });
    tx.record({
      kind: "incident.linked",
      about: [`incident:${incidentId}`],
      detail: { deployment: deploymentId },
    });
  });
}

async function saidMeanwhile(db: Db, linkedTo: string | null): Promise<string> {
  const deployment = linkedTo === null ? null : await findDeploymentPlace(db, linkedTo);
  const what =
    deployment === null ? "that no deployment caused it" : `that ${deployment.externalId} caused it`;
  return `Somebody said meanwhile ${what}. Look at it again, then say it anew if it was another.`;
}
