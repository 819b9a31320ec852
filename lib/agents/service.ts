import { requirePermission } from "../authz/require.ts";
import { visiblePilots } from "../authz/rules.ts";
import { type Db, isDuplicate, read, transaction } from "../db.ts";
import { notFound, refused } from "../errors.ts";
import { newId } from "../ids.ts";
import { requireProvider } from "../providers/service.ts";
import { made } from "../record/change.ts";
import { actorId, type Scope } from "../scope.ts";
import { refusalToUse } from "./apis.ts";
import { ensureAgentOf } from "./own-agents.ts";
import { refusalOfWindow } from "./rules.ts";
import { type AgentView, type CreateAgent, RECIPE_DRIVER } from "./schema.ts";
import { type AgentRow, findAgentRow, insertAgent, selectAgentRows, selectAgents } from "./store.ts";

export async function listAgents(scope: Scope): Promise<AgentView[]> {
  return read(scope, (db) => selectAgents(db, visiblePilots(scope.grants), null));
}

export async function getAgent(scope: Scope, agentId: string): Promise<AgentView> {
  const [agent] = await read(scope, (db) => selectAgents(db, visiblePilots(scope.grants), agentId));
  if (!agent) throw notFound("agent");
  return agent;
}

/** The agent every installation has. */
export async function ensureRecipeAgent(scope: Scope): Promise<{ agentId: string }> {
  return transaction(scope, async (tx) => ({
    agentId: await ensureAgentOf(tx, scope, RECIPE_DRIVER, "Recipe"),
  }));
}

/** An agent that uses a model. What it may cost is the charter's to say, what the model costs the price's. */
export async function createAgent(scope: Scope, input: CreateAgent): Promise<{ agentId: string }> {
  requirePermission(scope, "agent.create", null);
  const { name, driver, providerId, model, settings } = input;
  const now = scope.clock.now();
  const id = newId("agent", now);
  const { maxOutputTokens, concurrentCalls, contextTokens } = settings;
  const limits: Record<string, number> = {
    ...{ max_output_tokens: maxOutputTokens, concurrent_calls: concurrentCalls },
    ...(contextTokens === 0 ? {} : { context_tokens: contextTokens }),
  };
  const tooSmall = refusalOfWindow(settings);
  if (tooSmall !== null) throw refused(tooSmall, { contextTokens: [tooSmall] });
  try {
    await transaction(scope, async (tx) => {
      const { kind } = await requireProvider(tx, providerId);
      const refusal = refusalToUse(driver, kind);
      if (refusal !== null) throw refused(refusal, { providerId: [refusal] });
      const by = { createdBy: actorId(scope.actor), createdAt: new Date(now) };
      await insertAgent(tx.db, { id, name, driver, providerId, model, settings, ...by });
      tx.record({
        kind: "agent.created",
        about: [`agent:${id}`, `provider:${providerId}`],
        ...made({ agent: id, driver, provider: providerId, model, ...limits }),
        detail: { driver, provider: providerId, model, ...limits },
      });
    });
  } catch (error) {
    if (isDuplicate(error)) throw refused("There is an agent of this name.", { name: ["Taken already."] });
    throw error;
  }
  return { agentId: id };
}

/** For other services, inside their transaction. */
export async function requireAgent(db: Db, agentId: string): Promise<AgentRow> {
  const agent = await findAgentRow(db, agentId);
  if (!agent) throw notFound("agent");
  return agent;
}

/** Those of them that are there. */
export const findAgents = selectAgentRows;

/** What a runner is told to start. */
export async function findAgentDriver(db: Db, agentId: string): Promise<string> {
  return (await requireAgent(db, agentId)).driver;
}
