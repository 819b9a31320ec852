import { requirePermission } from "../authz/require.ts";
import { read } from "../db.ts";
import { listApproverLoad } from "../gates/approver-load.ts";
import { getPilot } from "../pilots/service.ts";
import type { Scope } from "../scope.ts";
import { type DecisionKpis, gateKpis } from "./gate-rules.ts";
import { selectGateFacts } from "./store.ts";

/** Decision time, on whom deciding falls, and what asking is good for, of the gates of one pilot. */
export async function getGateKpis(scope: Scope, pilotId: string): Promise<DecisionKpis> {
  requirePermission(scope, "kpi.view", pilotId);
  const { charter } = await getPilot(scope, pilotId);
  const [facts, load] = await Promise.all([
    read(scope, (db) => selectGateFacts(db, pilotId)),
    listApproverLoad(scope, pilotId),
  ]);
  return { ...gateKpis(facts, charter.charter.kpis.minimumSample, scope.clock.now()), load };
}
