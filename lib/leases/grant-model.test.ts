// What a lease of an agent with a model brings with it: a token that is sent once and kept as its hash.
import { beforeAll, beforeEach, expect, test } from "vitest";
import { USUAL_HISTORY } from "../agents/rules.ts";
import { newId } from "../ids.ts";
import { tokenSha256 } from "../model-calls/lease-tokens.ts";
import { AgentAssignment } from "../protocol/schema.ts";
import { cancelRun } from "../runs/cancel-run.ts";
import { launchRun } from "../runs/launch-run.ts";
import { listRuns } from "../runs/service.ts";
import { testDatabase } from "../testing/database.ts";
import { ask, testBlobs } from "../testing/journey.ts";
import { type ModelScene, openModelScene, TASK } from "../testing/model-scene.ts";
import { testClock } from "../testing/scopes.ts";

testBlobs();
const database = await testDatabase("web");
const clock = testClock();
const GATEWAY_URL = "http://127.0.0.1:4310";
let scene: ModelScene;

beforeAll(async () => {
  scene = await openModelScene(database, clock);
});

beforeEach(async () => {
  process.env.PILOTHOUSE_GATEWAY_URL = GATEWAY_URL;
  for (const { id } of await listRuns(scene.lead, { statuses: ["queued", "preparing", "working"] }))
    await cancelRun(scene.lead, { runId: id, reason: "the test is over" });
  clock.advance(1000);
});

async function launch(): Promise<string> {
  const { pilotId, agentId, lead } = scene;
  const request = { pilotId, agentId, title: "Repair main", task: TASK, requestKey: newId("request") };
  return (await launchRun(lead, request)).runId;
}

test("the assignment has the model, where to ask for it, and the token, of which only the hash is kept", async () => {
  const runId = await launch();
  const assignment = AgentAssignment.parse(await ask(scene.runner));
  expect(assignment).toMatchObject({
    ...{ runId, driver: "openai", task: TASK },
    model: { gatewayUrl: GATEWAY_URL, model: "model-1", api: "responses", historyTokens: USUAL_HISTORY },
  });
  expect(assignment.goal.length).toBeGreaterThan(10);
  expect(assignment.allowedPaths.length).toBeGreaterThan(0);
  const token = assignment.model?.token ?? "";
  expect(token).toMatch(/^phr_[A-Za-z0-9_-]{43}$/);
  const { rows } = await database.owner.query("select token_sha256 from lease_token where lease_id = $1", [
    assignment.leaseId,
  ]);
  expect(rows).toEqual([{ token_sha256: tokenSha256(token) }]);
});

test("probe: the token stands nowhere in the database, and in no entry", async () => {
  await launch();
  const assignment = AgentAssignment.parse(await ask(scene.runner));
  const secret = (assignment.model?.token ?? "").slice(4);
  const { rows } = await database.owner.query<{ name: string }>(
    "select table_name as name from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE'",
  );
  for (const { name } of rows) {
    const found = await database.owner.query(`select from "${name}" t where to_jsonb(t)::text like $1`, [
      `%${secret}%`,
    ]);
    expect([name, found.rowCount]).toEqual([name, 0]);
  }
});

test("each lease has a token of its own", async () => {
  const tokens = new Set<string>();
  for (let time = 0; time < 3; time++) {
    await launch();
    tokens.add(AgentAssignment.parse(await ask(scene.runner)).model?.token ?? "");
  }
  expect(tokens.size).toBe(3);
});

test("without a gateway the run waits, and others are not held up by it", async () => {
  delete process.env.PILOTHOUSE_GATEWAY_URL;
  const runId = await launch();
  expect(await ask(scene.runner)).toBeNull();
  process.env.PILOTHOUSE_GATEWAY_URL = `${GATEWAY_URL}/`;
  expect(await ask(scene.runner)).toMatchObject({ runId, model: { gatewayUrl: GATEWAY_URL } });
});
