import { describe, expect, test } from "vitest";
import { read } from "../db.ts";
import { testDatabase } from "../testing/database.ts";
import { systemActor, testClock, testScope } from "../testing/scopes.ts";
import { ensureRecipeAgent, findAgentDriver, getAgent, listAgents } from "./service.ts";

const database = await testDatabase("web");
const clock = testClock();
const scope = testScope({ actor: systemActor("up"), roles: ["administrator"], clock });

describe("the recipe agent", () => {
  test("is made once, however many start at the same time, and recorded once", async () => {
    expect(await listAgents(scope)).toEqual([]);
    const made = await Promise.all([1, 2, 3, 4].map(() => ensureRecipeAgent(scope)));
    const [first] = made;
    expect(new Set(made.map((each) => each.agentId)).size).toBe(1);
    const agentId = first?.agentId ?? "";
    expect(await listAgents(scope)).toEqual([
      {
        id: agentId,
        name: "Recipe",
        driver: "recipe",
        ...{ providerId: null, providerName: null, model: null },
        settings: { maxOutputTokens: 16_384, concurrentCalls: 4, contextTokens: 0 },
        createdBy: "system:up",
        createdByName: "system:up",
        createdAt: new Date(clock.now()),
        runs: 0,
      },
    ]);
    expect(await getAgent(scope, agentId)).toMatchObject({ name: "Recipe" });
    expect(await read(scope, (db) => findAgentDriver(db, agentId))).toBe("recipe");
    const { rows } = await database.owner.query("select about from log_entry where kind = 'agent.created'");
    expect(rows).toEqual([{ about: [`agent:${agentId}`] }]);
  });
});

describe("an unknown agent", () => {
  test("is not found", async () => {
    await expect(getAgent(scope, "agt_nobody")).rejects.toMatchObject({ code: "not_found" });
    await expect(read(scope, (db) => findAgentDriver(db, "agt_nobody"))).rejects.toMatchObject({
      code: "not_found",
    });
  });
});
