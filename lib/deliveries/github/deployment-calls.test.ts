// Calls of GitHub about deployments, through the door that its other calls come by.
import { createHmac, generateKeyPairSync } from "node:crypto";
import { beforeAll, expect, test } from "vitest";
import { MINUTE } from "../../clock.ts";
import { connectForge } from "../../forges/connect-forge.ts";
import { takeDelivery } from "../../forges/take-delivery.ts";
import { publishNoticeKey } from "../../notices/publish-key.ts";
import { addRepository } from "../../repositories/service.ts";
import type { Scope } from "../../scope.ts";
import { rawPublicKey } from "../../sealing/hpke.ts";
import { member } from "../../testing/arrange.ts";
import { testDatabase } from "../../testing/database.ts";
import { asProcess, entriesAbout } from "../../testing/journey.ts";
import { systemActor, testClock, testScope } from "../../testing/scopes.ts";
import { webTestEnv } from "../../testing/web-env.ts";
import { listDeployments, listImports } from "../views/service.ts";

const database = await testDatabase("web");
webTestEnv();
const clock = testClock();
const seed = testScope({ roles: ["engineering_lead"], actor: systemActor("demo"), clock });
const visitor = testScope({ actor: systemActor("visitor"), clock });
const worker = testScope({ actor: systemActor("worker"), clock });
let lead: Scope;
let hook: { readonly connectionId: string; readonly hookSecret: string };
let number = 0;

beforeAll(async () => {
  const { privateKey } = generateKeyPairSync("x25519");
  await asProcess(database, "worker", () => publishNoticeKey(worker, rawPublicKey(privateKey)));
  lead = await member(seed, "lea", "engineering_lead");
  const { repositoryId } = await addRepository(lead, {
    ...{ name: "shop", source: "https://github.com/octo/shop.git", authority: "upstream" },
  });
  hook = await connectForge(lead, {
    ...{ repositoryId, kind: "token", token: "github_pat_of_somebody_1234567890", expires: "2100-01-01" },
  });
});

const began = clock.now() - 60 * MINUTE;
const at = (minutes: number) => new Date(began + minutes * MINUTE).toISOString();
const call = (
  id: number,
  state: string | null,
  minutes: number,
  { full_name = "octo/Shop", environment = "production" } = {},
) => {
  const deployment = { id, sha: "d".repeat(40), environment, created_at: at(0) };
  const body = Buffer.from(
    JSON.stringify({
      repository: { full_name },
      deployment,
      ...(state === null ? {} : { deployment_status: { state, created_at: at(minutes) } }),
    }),
  );
  return takeDelivery(visitor, {
    ...{ connectionId: hook.connectionId, deliveryId: `call-${++number}`, body },
    event: state === null ? "deployment" : "deployment_status",
    signature: `sha256=${createHmac("sha256", hook.hookSecret).update(body).digest("hex")}`,
  });
};
const shown = async (id: number) =>
  (await listDeployments(lead, {})).items.find(({ externalId }) => externalId === String(id));

test("a deployment is one, however many calls tell of it and in whatever order they come", async () => {
  await call(1, "success", 10);
  await call(1, null, 0);
  await call(1, "in_progress", 2);
  await call(1, "inactive", 30);
  expect(await shown(1)).toMatchObject({
    ...{ source: "github:github.com", status: "succeeded", production: true, repositoryName: "shop" },
    ...{ startedAt: new Date(at(0)), finishedAt: new Date(at(10)) },
  });
  await call(1, "error", 12);
  expect(await shown(1)).toMatchObject({ status: "failed", finishedAt: new Date(at(12)) });
  const entries = await database.owner.query("select body from log_entry where kind = 'import.recorded'");
  expect(entries.rowCount).toBe(2);
  expect(String(entries.rows[0].body)).toContain('"way":"github_call"');
});

test("one that is under way is seen as it goes on", async () => {
  await call(2, null, 0);
  expect(await shown(2)).toMatchObject({ status: "queued", finishedAt: null });
  await call(2, "in_progress", 2);
  expect(await shown(2)).toMatchObject({ status: "running" });
  await call(2, "success", 4);
  expect(await shown(2)).toMatchObject({ status: "succeeded" });
});

test("probe: a call of the whole organisation's webhook about another repository is nothing of this one's", async () => {
  await call(3, "success", 5, { full_name: "octo/other" });
  expect(await shown(3)).toBeUndefined();
});

test("probe: an environment whose name is cut in the middle of a character is kept without it", async () => {
  await call(5, "success", 5, { environment: `${"e".repeat(99)}\u{1f680}\u0000` });
  expect(await shown(5)).toMatchObject({ environment: `${"e".repeat(99)}\u{1f680}` });
  await call(6, "success", 5, { environment: "live\u0000eu\ud83d" });
  expect(await shown(6)).toMatchObject({ environment: "live eu" });
});

test("probe: an instant that has not come yet keeps no later word out; it is left out, and its import says so", async () => {
  clock.advance(MINUTE);
  await call(7, "success", 60 * 24 * 365 * 1000);
  expect(await shown(7)).toBeUndefined();
  const { items } = await listImports(lead, { kind: "deployment" });
  expect(items[0]).toMatchObject({ way: "github_call", rowsNew: 0, rowsRefused: 1 });
  expect(await entriesAbout(database, `import:${items[0]?.id}`)).toMatchObject([
    { kind: "import.recorded", detail: { rows_new: 0, rows_refused: 1 } },
  ]);
  await call(7, "failure", 8);
  expect(await shown(7)).toMatchObject({ status: "failed" });
});

test("probe: a signed call that is none about a deployment is refused, and can be sent again", async () => {
  const body = Buffer.from('{"deployment":{"id":4}}');
  const delivery = {
    ...{ connectionId: hook.connectionId, deliveryId: "again", event: "deployment", body },
    signature: `sha256=${createHmac("sha256", hook.hookSecret).update(body).digest("hex")}`,
  };
  await expect(takeDelivery(visitor, delivery)).rejects.toMatchObject({ code: "bad_input" });
  const taken = await database.owner.query("select from forge_delivery where delivery_id = 'again'");
  expect(taken.rowCount).toBe(0);
});
