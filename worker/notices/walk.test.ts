// The whole way, through the services, the log and a real HTTP receiver: a gate opens, and whoever asked for it is told.
import { createHmac } from "node:crypto";
import { beforeAll, expect, test, vi } from "vitest";
import { addChannel } from "#lib/notices/channels.ts";
import { subscribe } from "#lib/notices/subscriptions.ts";
import { HERE, type NoticeScene, noticeScene, type Receiver, receiver } from "#lib/testing/notice-scene.ts";
import { type Sending, sendNotices } from "./send-notices.ts";

let scene: NoticeScene;
let place: Receiver;
let sending: Sending;
beforeAll(async () => {
  scene = await noticeScene();
  place = await receiver();
  sending = {
    ...{ privateKey: scene.privateKey, baseUrl: "https://pilothouse.example" },
    ...{ limits: { allowedHosts: HERE, timeout: 5000 }, logger: { warn: vi.fn() } },
  };
});

test("a gate opens, the webhook arrives signed, and the delivery says sent", async () => {
  const { channelId, signing } = await addChannel(scene.administrator, {
    ...{ kind: "webhook", name: "On call", url: `${place.url}?token=deep-secret` },
  });
  await subscribe(scene.reviewer, { channelId, pilotId: scene.work.pilotId, kind: "gate_waiting" });
  const { gateId, runId } = await scene.reviewed();
  await scene.followed();
  await scene.asWorker((scope) => sendNotices(scope, sending));

  expect(place.received).toHaveLength(1);
  const [{ headers, body, path } = { headers: {}, body: "", path: "" }] = place.received;
  expect(path).toBe("/hook?token=deep-secret");
  const id = String(headers["webhook-id"]);
  const signed = `${id}.${headers["webhook-timestamp"]}.${body}`;
  const key = Buffer.from((signing ?? "").replace("whsec_", ""), "base64");
  expect(headers["webhook-signature"]).toBe(
    `v1,${createHmac("sha256", key).update(signed).digest("base64")}`,
  );
  expect(JSON.parse(body)).toMatchObject({
    type: "pilothouse.gate_waiting",
    data: { items: [{ gate: gateId, run: runId, pilot: scene.work.pilotId }] },
  });
  expect(body).toContain(`https://pilothouse.example/inbox?show=team&gate=${gateId}`);
  const { rows } = await scene.database.owner.query("select id, state, attempts from notice_delivery");
  expect(rows).toEqual([{ id, state: "sent", attempts: 1 }]);

  // Nothing is told twice, however often it is looked at.
  await scene.followed();
  await scene.asWorker((scope) => sendNotices(scope, sending));
  expect(place.received).toHaveLength(1);
});
