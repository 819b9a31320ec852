// What people and an agent said to each other, in an export judged by the verifier, before and after a redaction.
import { randomUUID } from "node:crypto";
import { beforeAll, describe, expect, test } from "vitest";
import { carryOutRedactions } from "#worker/redaction/carry-out-redactions.ts";
import { listAsks } from "../asks/service.ts";
import { finishLease } from "../leases/service.ts";
import { createLogger } from "../logger.ts";
import { orderRedaction } from "../redactions/order-redaction.ts";
import type { Scope } from "../scope.ts";
import { member } from "../testing/arrange.ts";
import { testDatabase } from "../testing/database.ts";
import { asProcess, testBlobs } from "../testing/journey.ts";
import { exportsBy, judgedExport, textOf } from "../testing/judged-export.ts";
import { type ModelScene, openModelScene, type Working } from "../testing/model-scene.ts";
import { sequenceLog, type TestLog } from "../testing/notary.ts";
import { person, testClock, testScope } from "../testing/scopes.ts";
import { asking, decide, gateOf, heard, snap, tell } from "../testing/steering.ts";
import { sendMessage } from "./send-message.ts";
import { listMessages } from "./service.ts";

testBlobs();
const database = await testDatabase("web");
const clock = testClock();
const security = testScope({ roles: ["security_lead"], actor: person("per_sec"), clock });
let scene: ModelScene;
let ada: Scope;
let working: Working;
let log: TestLog;

const exported = exportsBy(clock);
const outcome = (lines: readonly string[]) => judgedExport(lines, log.folders.log);

beforeAll(async () => {
  scene = await openModelScene(database, clock, { controls: { askMode: "unlisted" } });
  ada = await member(scene.lead, "ada", "engineering_lead");
  working = await scene.start();
  const { runId, assignment } = working;
  const input = {
    runId,
    mode: "now",
    text: "MESSAGEWORD",
    changesGoal: true,
    requestKey: randomUUID(),
  } as const;
  const { messageId: message } = await sendMessage(ada, input);
  await tell(scene.runner, assignment, { kind: "message_delivered", body: { message, effect: "preempt" } });
  await tell(scene.runner, assignment, asking(1, "rm ASKWORD"));
  await decide(ada, await gateOf(ada, runId), "approve");
  await tell(scene.runner, assignment, heard(1));
  await snap(scene.runner, assignment, 1);
  const { leaseId, attempt } = assignment;
  await finishLease(scene.runner, leaseId, { outcome: "failed", attempt, reason: "over" });
  log = await sequenceLog(database);
});

describe("an export of a run that was steered and asked", () => {
  test("shows message and ask after the entries that commit to them, and holds", async () => {
    const { lines, blobs } = await exported();
    expect(textOf(blobs, "message")).toBe("MESSAGEWORD");
    expect(JSON.parse(textOf(blobs, "ask"))).toMatchObject({
      text: "rm ASKWORD",
      what: "command",
      cwd: "/work",
    });
    expect(await outcome(lines)).toEqual([0, null, []]);
  });

  test("probe: with the message or the ask exchanged it does not hold", async () => {
    const { lines } = await exported();
    for (const name of ["message", "ask"]) {
      const at = lines.findIndex((line) => line.includes(`"name":"${name}"`));
      const other = (lines[at] ?? "").replace(/"base64":"[^"]{8}/, '"base64":"AAAAAAAA');
      expect((await outcome(lines.with(at, other)))[0]).toBe(1);
    }
  });

  test("without payloads shows neither", async () => {
    const { lines } = await exported(false);
    expect(lines.join("")).not.toMatch(/MESSAGEWORD|ASKWORD/);
    expect((await outcome(lines))[0]).toBe(0);
  });

  test("after a redaction says of both that they are gone, holds, and no row has them any more", async () => {
    const { runId } = working;
    await orderRedaction(security, { runId, kind: "all", seqs: [], reason: "A password was sent." });
    const place = { mirrorOf: () => "/nonexistent", logger: createLogger("test") };
    await asProcess(database, "worker", () => carryOutRedactions(place, security));
    log = await sequenceLog(database);
    const { lines, blobs } = await exported();
    expect(blobs.map(({ name }) => name)).toEqual(expect.arrayContaining(["message", "ask"]));
    expect(new Set(blobs.map(({ redacted }) => redacted))).toEqual(new Set([true]));
    expect(await outcome(lines)).toEqual([0, null, []]);
    expect(await listMessages(ada, runId)).toMatchObject([{ text: "[taken away]", status: "delivered" }]);
    expect(await listAsks(ada, runId)).toMatchObject([{ text: "[taken away]", status: "allowed" }]);
    const { rows } = await database.owner.query(
      `select (select count(*)::int from run_message where salt is not null) as messages,
         (select count(*)::int from run_ask where salt is not null or digest is not null) as asks,
         (select count(*)::int from run_snapshot where native <> '[taken away]') as natives,
         (select count(*)::int from run_event where body::text ~ 'MESSAGEWORD|ASKWORD') as events,
         (select count(*)::int from gate where document ~ 'ASKWORD') as gates`,
    );
    expect(rows).toEqual([{ messages: 0, asks: 0, natives: 0, events: 0, gates: 0 }]);
  });
});
