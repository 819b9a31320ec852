import { visiblePilots } from "../authz/rules.ts";
import { type Db, read, transaction } from "../db.ts";
import { notFound } from "../errors.ts";
import { newId } from "../ids.ts";
import { made } from "../record/change.ts";
import { actorId, type Scope } from "../scope.ts";
import { type AgentView, RECIPE_DRIVER } from "./schema.ts";
import { findAgentRow, findByDriver, insertAgent, lockDriver, selectAgents } from "./store.ts";

export async function listAgents(scope: Scope): Promise<AgentView[]> {
  return read(scope, (db) => selectAgents(db, visiblePilots(scope.grants), null));
}

export async function getAgent(scope: Scope, agentId: string): Promise<AgentView> {
  const [agent] = await read(scope, (db) => selectAgents(db, visiblePilots(scope.grants), agentId));
  if (!agent) throw notFound("agent");
  return agent;
}

/** The agent every installation has: made once, found ever after. */
export async function ensureRecipeAgent(scope: Scope): Promise<{ agentId: string }> {
  return transaction(scope, async (tx) => {
    await lockDriver(tx.db, RECIPE_DRIVER);
    const present = await findByDriver(tx.db, RECIPE_DRIVER);
    if (present) return { agentId: present.id };
    const now = scope.clock.now();
    const id = newId("agent", now);
    await insertAgent(tx.db, {
      id,
      name: "Recipe",
      driver: RECIPE_DRIVER,
      createdBy: actorId(scope.actor),
      createdAt: new Date(now),
    });
    tx.record({
      kind: "agent.created",
      about: [`agent:${id}`],
      ...made({ agent: id, driver: RECIPE_DRIVER }),
      detail: { driver: RECIPE_DRIVER },
    });
    return { agentId: id };
  });
}

/** What a runner is told to start. */
export async function findAgentDriver(db: Db, agentId: string): Promise<string> {
  const agent = await findAgentRow(db, agentId);
  if (!agent) throw notFound("agent");
  return agent.driver;
}
