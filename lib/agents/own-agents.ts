// Agents that are the product's own, without a model and without a setting: made once, found ever after.
import type { Tx } from "../db.ts";
import { newId } from "../ids.ts";
import { made } from "../record/change.ts";
import { actorId, type Scope } from "../scope.ts";
import { AgentSettings } from "./schema.ts";
import { findByDriver, insertAgent, lockDriver } from "./store.ts";

export async function ensureAgentOf(tx: Tx, scope: Scope, driver: string, name: string): Promise<string> {
  await lockDriver(tx.db, driver);
  const present = await findByDriver(tx.db, driver);
  if (present) return present.id;
  const now = scope.clock.now();
  const id = newId("agent", now);
  await insertAgent(tx.db, {
    ...{ id, name, driver, providerId: null, model: null, settings: AgentSettings.parse({}) },
    createdBy: actorId(scope.actor),
    createdAt: new Date(now),
  });
  tx.record({
    kind: "agent.created",
    about: [`agent:${id}`],
    ...made({ agent: id, driver }),
    detail: { driver },
  });
  return id;
}
