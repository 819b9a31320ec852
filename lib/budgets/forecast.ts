// What a run may cost at most, said before it is launched, and what there is left to spend.
import { requireAgent } from "../agents/service.ts";
import { requirePermission } from "../authz/require.ts";
import { read } from "../db.ts";
import { notFound } from "../errors.ts";
import { budgetsOf } from "../model-calls/rules.ts";
import { dayIn } from "../pilots/rules.ts";
import { findActiveCharter, findPilotState } from "../pilots/service.ts";
import { priceOf } from "../prices/service.ts";
import type { Scope } from "../scope.ts";
import { leftOf } from "./rules.ts";
import type { Forecast } from "./schema.ts";
import { budgetStates } from "./service.ts";
import { selectPastRuns } from "./store.ts";

const NO_RUN = "";

/** For who may launch. Throws not_found for a pilot without a charter in force. */
export async function forecastRun(scope: Scope, pilotId: string, agentId: string): Promise<Forecast> {
  requirePermission(scope, "run.launch", pilotId);
  return read(scope, async (db) => {
    const { model, providerId } = await requireAgent(db, agentId);
    const pilot = await findPilotState(db, pilotId);
    const active = await findActiveCharter(db, pilotId);
    if (!pilot || !active) throw notFound("pilot with a charter in force");
    const budgets = budgetsOf(active.charter);
    const day = dayIn(pilot.timeZone, scope.clock.now());
    const states = await budgetStates(db, { runId: NO_RUN, pilotId, day, budgets });
    const [run, ofDay, ofPilot] = states;
    if (!run || !ofDay || !ofPilot) throw new Error("a pilot has three budgets");
    const price = model !== null && providerId !== null ? await priceOf(db, providerId, model) : null;
    return {
      ...{ model, day: ofDay, pilot: ofPilot, runLimitMicros: run.limitMicros, hasPrice: price !== null },
      atMostMicros: model === null ? 0 : Math.min(leftOf(run), leftOf(ofDay), leftOf(ofPilot)),
      past: await selectPastRuns(db, pilotId, agentId),
    };
  });
}
