// A run that called a model in one epoch and goes on in the next: the later one's export shows by itself what was asked.
import pg from "pg";
import { expect, test } from "vitest";
import { operatorAt } from "#cli/log/operator.ts";
import { startEpoch } from "#cli/log/start-epoch.ts";
import { openCalls } from "../model-calls/open-calls.ts";
import { settleCalls } from "../model-calls/settle-calls.ts";
import { testDatabase } from "../testing/database.ts";
import { asProcess, testBlobs } from "../testing/journey.ts";
import { linesOf, verified } from "../testing/merged-run.ts";
import { admitted, finalOf, intentOf, openModelScene } from "../testing/model-scene.ts";
import { sequenceLog } from "../testing/notary.ts";
import { person, testClock, testScope } from "../testing/scopes.ts";
import { openExport, startExport } from "./export.ts";

testBlobs();
const database = await testDatabase("web");
const clock = testClock();
const auditor = testScope({ roles: ["auditor"], actor: person("per_auditor"), clock });

test("pieces that an earlier epoch brought are shown again once, and the export holds", async () => {
  const scene = await openModelScene(database, clock);
  const working = await scene.start();
  const history: { role: string; bytes: Buffer }[] = [];
  const say = (text: string) =>
    asProcess(database, "gateway", async () => {
      history.push({ role: "user", bytes: Buffer.from(text) });
      const intent = intentOf(await admitted(scene, working), clock, { requestItems: [...history] });
      await openCalls(scene.gateway, [intent]);
      await settleCalls(scene.gateway, [finalOf(intent, clock)]);
    });
  await say("first");
  const { folders } = await sequenceLog(database);

  await database.owner.query("alter table log_leaf disable trigger user");
  await database.owner.query("delete from log_leaf where position = (select max(position) from log_leaf)");
  await database.owner.query("alter table log_leaf enable trigger user");
  const client = new pg.Client({ connectionString: database.urls.web });
  await client.connect();
  await startEpoch(operatorAt(folders, {}), client, clock, "a test of two epochs");
  await client.end();
  await say("second");
  await say("third");
  await sequenceLog(database);

  const { id } = await startExport(auditor, { kind: "person", personId: "per_auditor" }, { withBlobs: true });
  const lines = await linesOf(await openExport(auditor, { kind: "person", personId: "per_auditor" }, id, 0));
  const { code, findings } = await verified(lines, folders.log, 2);
  const failing = findings.filter(({ outcome }) => outcome === "fails");
  expect([code, failing]).toEqual([0, []]);
  const items = lines
    .map((line) => JSON.parse(line) as { type: string; name: string; base64?: string })
    .filter(({ type, name, base64 }) => type === "blob" && name === "item" && base64 !== undefined)
    .map(({ base64 = "" }) => Buffer.from(base64, "base64").toString());
  expect(items.filter((text) => text === "first")).toHaveLength(1);
  expect(items).toEqual(expect.arrayContaining(["second", "third"]));
});
