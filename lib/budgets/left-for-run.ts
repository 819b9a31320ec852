import { read } from "../db.ts";
import { budgetsOf } from "../model-calls/rules.ts";
import { dayIn } from "../pilots/rules.ts";
import { charterOf, findPilotState } from "../pilots/service.ts";
import type { Scope } from "../scope.ts";
import { leftOf } from "./rules.ts";
import { budgetStates } from "./service.ts";

/**
 * What calls of a run may still cost: the least of what is left of run, day and pilot, millionths of a dollar. What calls under
 * way hold back is not left. Null where there is no such run. For whoever holds its lease, and has shown that.
 */
export async function leftForRun(scope: Scope, runId: string): Promise<number | null> {
  return read(scope, async (db) => {
    const run = await db.run.findUnique({ where: { id: runId }, select: { pilotId: true, charterId: true } });
    const pilot = run && (await findPilotState(db, run.pilotId));
    if (!run || !pilot) return null;
    const { pilotId, charterId } = run;
    const budgets = budgetsOf(await charterOf(db, charterId));
    const day = dayIn(pilot.timeZone, scope.clock.now());
    const states = await budgetStates(db, { runId, pilotId, day, budgets });
    return Math.min(...states.map(leftOf));
  });
}
