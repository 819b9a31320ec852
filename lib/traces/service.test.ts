import { beforeAll, describe, expect, test } from "vitest";
import { ensureRecipeAgent } from "../agents/service.ts";
import { forecastRun } from "../budgets/forecast.ts";
import { openCalls } from "../model-calls/open-calls.ts";
import type { Final, Intent } from "../model-calls/schema.ts";
import { settleCalls } from "../model-calls/settle-calls.ts";
import { testDatabase } from "../testing/database.ts";
import { asProcess, testBlobs } from "../testing/journey.ts";
import {
  admitted,
  finalOf,
  intentOf,
  type ModelScene,
  openModelScene,
  type Working,
} from "../testing/model-scene.ts";
import { testClock, testScope } from "../testing/scopes.ts";
import { getCallTrace, listCalls, listSpend } from "./service.ts";

testBlobs();
const database = await testDatabase("web");
const clock = testClock();
const CHARGED = 600 + 20 + 500;
let scene: ModelScene;
let working: Working;
const calls: Intent[] = [];
/** A GitHub token of the form that is looked for, in no piece whole. */
const SECRET = `ghp_${"a1B2c3D4e5".repeat(4).slice(0, 36)}`;

async function call(part: Partial<Intent>, end: Partial<Final>): Promise<void> {
  await asProcess(database, "gateway", async () => {
    const intent = intentOf(await admitted(scene, working), clock, part);
    calls.push(intent);
    await openCalls(scene.gateway, [intent]);
    clock.advance(100);
    await settleCalls(scene.gateway, [finalOf(intent, clock, end)]);
  });
}

const event = (delta: string) => `data: ${JSON.stringify({ type: "response.output_text.delta", delta })}\n\n`;

beforeAll(async () => {
  scene = await openModelScene(database, clock);
  working = await scene.start();
  await call({ requestItems: [{ role: "user", bytes: Buffer.from(`use ${SECRET} now`) }] }, {});
  const pieces = ["my ", SECRET.slice(0, 9), SECRET.slice(9), " ok"].map(event);
  const offsets = pieces.map((_, at) => pieces.slice(0, at).join("").length);
  await call(
    {},
    {
      response: Buffer.from(pieces.join("")),
      chunks: offsets.map((offset, at) => ({ offset, ms: 10 * (at + 1) })),
      ...{ usage: null, outcome: "aborted" as const },
    },
  );
});

const viewer = () => testScope({ roles: [["viewer", scene.pilotId]], clock });
const stranger = testScope({ roles: [["engineering_lead", "pil_other"]], clock });

describe("the calls of a run", () => {
  test("are listed in the order they were opened, with what they cost", async () => {
    const listed = await listCalls(viewer(), working.runId);
    expect(listed.map(({ id }) => id)).toEqual(calls.map(({ callId }) => callId));
    expect(listed.map(({ state, chargedMicros, output }) => [state, chargedMicros, output])).toEqual([
      ["done", CHARGED, 50],
      ["aborted", 2000, null],
    ]);
    expect(await listCalls(viewer(), working.runId, calls[0]?.callId)).toHaveLength(1);
  });

  test("probe: are not there for members of another pilot", async () => {
    await expect(listCalls(stranger, working.runId)).rejects.toMatchObject({ code: "not_found" });
    await expect(getCallTrace(stranger, calls[0]?.callId ?? "")).rejects.toMatchObject({ code: "not_found" });
    expect(await listSpend(stranger, "run")).toEqual([]);
    await expect(listSpend(stranger, "run", { pilotId: scene.pilotId })).rejects.toMatchObject({
      code: "not_found",
    });
  });
});

describe("one call", () => {
  test("shows request and answer with their secrets masked", async () => {
    const { head, items, response, call: view } = await getCallTrace(viewer(), calls[0]?.callId ?? "");
    expect(view).toMatchObject({ returnedModel: "model-1-2030", requestedModel: "model-1" });
    expect(head).toMatchObject({ role: "head", text: '{"model":"model-1"}', cut: 0 });
    expect(items.map(({ role, text }) => [role, text])).toEqual([["user", "use [secret: github] now"]]);
    expect(response).toMatchObject({
      resolution: "none",
      pieces: [{ channel: "raw", text: "ANSWERWORD of a model" }],
    });
  });

  test("probe: a secret that came in pieces is masked in each, at the time each came", async () => {
    const { response } = await getCallTrace(viewer(), calls[1]?.callId ?? "");
    expect(response?.pieces.map(({ ms, text }) => [ms, text])).toEqual([
      [10, "my "],
      [20, "[secret: github]"],
      [30, "[secret: github]"],
      [40, " ok"],
    ]);
  });
});

describe("one call whose tokens the provider told", () => {
  test("probe: a secret that came token by token is masked in each, and nobody learns how likely they were", async () => {
    const [open, mid, end] = ["my ", SECRET.slice(0, 9), SECRET.slice(9)];
    const logprobs = [open, mid, end].map((token, at) => ({ token, logprob: -1 - at, top_logprobs: [] }));
    const delta = { type: "response.output_text.delta", delta: `my ${SECRET}`, logprobs };
    const response = Buffer.from(`data: ${JSON.stringify(delta)}\n\n`);
    const other = await openModelScene(database, clock);
    const at = await other.start();
    const callId = await asProcess(database, "gateway", async () => {
      const intent = intentOf(await admitted(other, at), clock);
      await openCalls(other.gateway, [intent]);
      const chunks = [{ offset: 0, ms: 10 }];
      await settleCalls(other.gateway, [finalOf(intent, clock, { response, chunks })]);
      return intent.callId;
    });
    const trace = await getCallTrace(other.lead, callId);
    expect(trace.response?.resolution).toBe("token");
    expect(trace.response?.pieces.map(({ text, logprob }) => [text, logprob])).toEqual([
      ["my ", -1],
      ["[secret: github]", undefined],
      ["[secret: github]", undefined],
    ]);
  });
});

describe("what calls cost", () => {
  test.each([
    ["run", () => [working.runId, "Repair main"]],
    ["agent", () => [scene.agentId, expect.any(String)]],
    ["model", () => ["model-1", "model-1"]],
    ["day", () => [new Date(clock.now()).toISOString().slice(0, 10), expect.any(String)]],
  ] as const)("is summed by %s", async (by, named) => {
    const [key, label] = named();
    const [row, ...others] = await listSpend(viewer(), by, { pilotId: scene.pilotId });
    expect(others).toEqual([]);
    expect(row).toEqual({
      ...{ key, label, calls: 2, openCalls: 0, failedCalls: 1, chargedMicros: CHARGED + 2000 },
      ...{ reservedMicros: 0, input: 800, cached: 200, output: 50, estimatedCalls: 1 },
    });
  });
});

describe("the forecast before a launch", () => {
  test("is the least of what a run may cost and what is left", async () => {
    const { pilotId, agentId } = scene;
    const forecast = await forecastRun(scene.lead, pilotId, agentId);
    expect(forecast).toMatchObject({
      ...{ model: "model-1", atMostMicros: 5_000_000, runLimitMicros: 5_000_000, hasPrice: true, past: null },
      day: { limitMicros: 50_000_000, spentMicros: CHARGED + 2000 },
      pilot: { limitMicros: 500_000_000, spentMicros: CHARGED + 2000 },
    });
    await database.owner.query(
      "update budget_use set spent_micros = 499999000, reserved_micros = 400 where kind = 'pilot' and subject = $1",
      [pilotId],
    );
    expect((await forecastRun(scene.lead, pilotId, agentId)).atMostMicros).toBe(600);
  });

  test("is nothing for an agent without a model, and for launchers alone", async () => {
    const { agentId } = await ensureRecipeAgent(scene.lead);
    expect(await forecastRun(scene.lead, scene.pilotId, agentId)).toMatchObject({
      model: null,
      atMostMicros: 0,
    });
    await expect(forecastRun(viewer(), scene.pilotId, agentId)).rejects.toMatchObject({ code: "forbidden" });
    await expect(forecastRun(stranger, scene.pilotId, agentId)).rejects.toMatchObject({ code: "not_found" });
  });
});
