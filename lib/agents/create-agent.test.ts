import { beforeAll, describe, expect, test } from "vitest";
import { newId } from "../ids.ts";
import { createProvider, disableProvider } from "../providers/service.ts";
import { launchRun } from "../runs/launch-run.ts";
import { testDatabase } from "../testing/database.ts";
import { entriesAbout } from "../testing/journey.ts";
import { type ModelScene, openModelScene } from "../testing/model-scene.ts";
import { testClock, testScope } from "../testing/scopes.ts";
import { AgentSettings, CreateAgent } from "./schema.ts";
import { createAgent, ensureRecipeAgent, getAgent } from "./service.ts";

const database = await testDatabase("web");
const clock = testClock();
let scene: ModelScene;
beforeAll(async () => {
  scene = await openModelScene(database, clock);
});

const input = (part: object = {}): CreateAgent =>
  CreateAgent.parse({
    ...{ name: newId("agent"), driver: "codex", providerId: scene.providerId, model: "model-1" },
    ...part,
  });

describe("an agent with a model", () => {
  test("is made by its name, and the record says which model of which provider, within which limits", async () => {
    const asked = input({ settings: { maxOutputTokens: 4096, contextTokens: 128_000 } });
    const { agentId } = await createAgent(scene.admin, asked);
    expect(await getAgent(scene.admin, agentId)).toMatchObject({
      ...{ name: asked.name, driver: "codex", model: "model-1", providerId: scene.providerId },
      settings: { maxOutputTokens: 4096, concurrentCalls: 4, contextTokens: 128_000 },
    });
    const [entry] = await entriesAbout(database, `agent:${agentId}`);
    expect(entry).toMatchObject({
      kind: "agent.created",
      detail: {
        ...{ driver: "codex", model: "model-1", max_output_tokens: 4096, concurrent_calls: 4 },
        context_tokens: 128_000,
      },
    });
    await expect(createAgent(scene.admin, asked)).rejects.toThrow("There is an agent of this name.");
  });

  test("probe: is refused to who may not, and for a provider that is not there or switched off", async () => {
    for (const role of ["reviewer", "auditor", "viewer"] as const) {
      const scope = testScope({ roles: [role], clock });
      await expect(createAgent(scope, input())).rejects.toMatchObject({ code: "forbidden" });
    }
    await expect(createAgent(scene.admin, input({ providerId: "prv_nobody" }))).rejects.toMatchObject({
      code: "not_found",
    });
    const name = newId("provider");
    const off = await createProvider(scene.admin, { name, kind: "openai", baseUrl: "", settings: {} });
    await disableProvider(scene.admin, off.providerId);
    await expect(createAgent(scene.admin, input(off))).rejects.toThrow("switched off");
  });

  test("is refused a window that its longest answer fills", async () => {
    const settings = { maxOutputTokens: 16_384, contextTokens: 32_768 };
    await expect(createAgent(scene.admin, input({ settings }))).rejects.toThrow(
      "With answers of 16384 tokens the window has to hold 36864 at least; 0 where it is not known.",
    );
  });

  test.each([
    { settings: { contextTokens: -1 } },
    { driver: "recipe" },
    { model: "two words" },
    { model: "../x y" },
    { model: "" },
    { name: "x" },
    { settings: { maxOutputTokens: 1 } },
    { settings: { unheard: 1 } },
  ])("probe: %j is refused at the form", (part) => {
    expect(CreateAgent.safeParse({ ...input(), ...part }).success).toBe(false);
  });

  test("has careful limits where nothing is said", () => {
    expect(AgentSettings.parse({})).toEqual({
      ...{ maxOutputTokens: 16_384, concurrentCalls: 4, contextTokens: 0 },
    });
  });
});

describe("a run's task", () => {
  const launch = (agentId: string, task?: string) =>
    launchRun(scene.lead, {
      ...{ pilotId: scene.pilotId, agentId, title: "Repair main", requestKey: newId("request") },
      ...(task === undefined ? {} : { task }),
    });

  test("is asked for where the agent has a model, and not kept where it has none", async () => {
    await expect(launch(scene.agentId)).rejects.toMatchObject({
      code: "refused",
      fields: { task: expect.anything() },
    });
    await expect(launch(scene.agentId, "")).rejects.toThrow("Say what the agent is to do.");
    const { agentId } = await ensureRecipeAgent(scene.lead);
    const { runId } = await launch(agentId, "nobody reads this");
    const { rows } = await database.owner.query("select task, task_salt from run where id = $1", [runId]);
    expect(rows).toEqual([{ task: null, task_salt: null }]);
    const [entry] = await entriesAbout(database, `run:${runId}`);
    expect(entry?.detail).not.toHaveProperty("task");
  });

  test("stands in no entry", async () => {
    const { runId } = await launch(scene.agentId, "A secret plan of ours");
    const { rows } = await database.owner.query(
      "select string_agg(convert_from(body, 'UTF8'), ' ') as text from log_entry where about @> array[$1]",
      [`run:${runId}`],
    );
    expect(rows[0].text).not.toContain("secret plan");
    expect(rows[0].text).toMatch(/"task":"[0-9a-f]{64}"/);
  });
});
