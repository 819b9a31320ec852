import { randomBytes, randomInt } from "node:crypto";
import { requireAgent } from "../agents/service.ts";
import { requirePermission } from "../authz/require.ts";
import { can } from "../authz/rules.ts";
import { type Tx, transaction } from "../db.ts";
import { refused } from "../errors.ts";
import { newId } from "../ids.ts";
import { liveGrants } from "../people/service.ts";
import { findActiveCharter, lockedPilot } from "../pilots/service.ts";
import { sha256Hex } from "../protocol/signing.ts";
import { made } from "../record/change.ts";
import { canonicalText } from "../record/rules.ts";
import { findRepositoryState } from "../repositories/service.ts";
import { countLaunched } from "../runs/run-in-tx.ts";
import { actorId, type Scope } from "../scope.ts";
import { ceilingOf, planAttempts, refusalToPlan } from "./rules.ts";
import type { PlanComparison } from "./schema.ts";
import { insertComparison } from "./store.ts";

export interface Planned {
  readonly comparisonId: string;
  readonly attempts: number;
  /** The most it may cost. */
  readonly ceilingMicros: number;
}

export const comparisonState = (id: string, state: string) => ({ comparison: id, state });

const LARGEST_SEED = 2 ** 31;

/** Writes down what is compared, in which order and who judges. Nothing is launched yet. */
export async function planComparison(scope: Scope, input: PlanComparison): Promise<Planned> {
  requirePermission(scope, "run.launch", input.pilotId);
  return transaction(scope, async (tx) => {
    const { pilotId, title, agents, reviewers, tasks, each } = input;
    await lockedPilot(tx, pilotId);
    const active = await findActiveCharter(tx.db, pilotId);
    const repository = active && (await findRepositoryState(tx.db, active.charter.scope.repositoryId));
    if (!active || !repository?.headCommit)
      throw refused(
        "Agents are compared in a pilot whose charter is in force and whose repository was read.",
      );
    const { rollback, controls } = active.charter;
    const refusal = refusalToPlan({
      ...{ tasks, each, reviewers, planner: actorId(scope.actor) },
      agents: await Promise.all(agents.map((agentId) => requireAgent(tx.db, agentId))),
      runsLeft: rollback.maxRuns - (await countLaunched(tx.db, pilotId)),
      mayJudge: await judgesAmong(tx, reviewers, pilotId),
    });
    if (refusal) throw refused(refusal.sentence, { [refusal.field]: [refusal.sentence] });
    const now = scope.clock.now();
    const id = newId("comparison", now);
    const total = agents.length * tasks.length * each;
    const seed = randomInt(LARGEST_SEED);
    const ceilingMicros = ceilingOf(total, controls.budgetRunCents);
    const attempts = planAttempts({
      agents,
      tasks: tasks.length,
      each,
      seed,
      bytes: [...randomBytes(total)],
    });
    await insertComparison(
      tx.db,
      {
        ...{ id, pilotId, title, agents, each, seed, tasks, state: "planned" },
        ...{ charterId: active.id, charterDigest: active.digest, repositoryId: repository.id },
        ...{ baseCommit: repository.headCommit, ceilingMicros: BigInt(ceilingMicros) },
        ...{ createdBy: actorId(scope.actor), createdAt: new Date(now) },
      },
      attempts.map((attempt) => ({ ...attempt, id: newId("comparison_attempt", now), comparisonId: id })),
      reviewers,
    );
    tx.record({
      kind: "comparison.planned",
      about: [`comparison:${id}`, `pilot:${pilotId}`],
      charter: active.digest,
      ...made(comparisonState(id, "planned")),
      detail: {
        ...{ agents, reviewers, tasks: tasks.length, each },
        ...{ base: repository.headCommit, ceiling_micros: ceilingMicros },
        tasks_sha256: sha256Hex(Buffer.from(canonicalText(tasks), "utf8")),
      },
    });
    return { comparisonId: id, attempts: total, ceilingMicros };
  });
}

/** Those of them who may decide gates of the pilot by roles of their own or as somebody's deputy. */
async function judgesAmong(tx: Tx, people: readonly string[], pilotId: string): Promise<string[]> {
  const judges: string[] = [];
  for (const personId of people)
    if (can(await liveGrants(tx, personId), "gate.decide", pilotId)) judges.push(personId);
  return judges;
}
