// What becomes of deliveries afterwards: sent again, told to be over, removed.
import { beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { DAY, HOUR, MINUTE, SECOND } from "#lib/clock.ts";
import { transaction } from "#lib/db.ts";
import { decideGate } from "#lib/gates/decide-gate.ts";
import { addresseesOf } from "#lib/notices/addressees.ts";
import { askTest } from "#lib/notices/channels.ts";
import { gatherDue } from "#lib/notices/follow-notices.ts";
import type { NoticeEvent } from "#lib/notices/schema.ts";
import { setQuietHours, subscribe } from "#lib/notices/subscriptions.ts";
import { dropOldNotices, KEPT_FOR } from "#lib/notices/upkeep/drop-old.ts";
import { resolveOver } from "#lib/notices/upkeep/resolve-over.ts";
import { sendAgain } from "#lib/notices/upkeep/send-again.ts";
import { writeNotices } from "#lib/notices/write-notices.ts";
import { HERE, type NoticeScene, noticeScene, type Receiver, receiver } from "#lib/testing/notice-scene.ts";
import { type Sending, sendNotices } from "./send-notices.ts";

let scene: NoticeScene;
let place: Receiver;
let pager: Receiver;
let sending: Sending;
let channelId: string;
let pagerId: string;
beforeAll(async () => {
  scene = await noticeScene();
  [place, pager] = [await receiver(), await receiver()];
  sending = {
    ...{ privateKey: scene.privateKey, baseUrl: "https://pilothouse.example" },
    ...{ limits: { allowedHosts: HERE, timeout: 5000 }, logger: { warn: vi.fn() } },
    pagerDuty: { us: pager.url, eu: pager.url },
  };
  channelId = await scene.channel({ kind: "webhook", name: "On call", url: place.url });
  const key = { routingKey: "r".repeat(32), region: "us" } as const;
  pagerId = await scene.channel({ kind: "pagerduty", name: "Pager", ...key });
  await subscribe(scene.reviewer, { channelId, pilotId: "", kind: "run_failed" });
});
beforeEach(() => {
  for (const each of [place, pager]) {
    each.answer(200);
    each.received.length = 0;
  }
  scene.clock.advance(HOUR);
});

const send = () => scene.asWorker((scope) => sendNotices(scope, sending));
let nth = 0;
const runFailed = () =>
  scene.asWorker(async (scope) => {
    const event: NoticeEvent = {
      ...{ kind: "run_failed", key: `test:${nth++}`, pilotId: scene.work.pilotId, grave: false },
      ...{ at: scope.clock.now(), facts: { runId: "run_x", how: "failed" } },
    };
    await transaction(scope, async (tx) => {
      await writeNotices(tx, scope, event, await addresseesOf(tx.db, event, scope.clock.now()));
    });
    await gatherDue(scope);
  });
const newest = async () =>
  (
    await scene.database.owner.query(
      "select id, state, attempts, reason from notice_delivery where channel_id = $1 order by made_at desc, id desc",
      [channelId],
    )
  ).rows[0];
const count = async (table: "notice" | "notice_delivery") =>
  (await scene.database.owner.query(`select count(*)::int as n from ${table}`)).rows[0].n;

/** Refused by the other side until it failed. */
async function failed(): Promise<string> {
  place.answer(400);
  scene.clock.advance(HOUR);
  await runFailed();
  for (let tries = 0; tries < 5; tries++) {
    await send();
    scene.clock.advance(HOUR);
  }
  const { id, state } = await newest();
  expect(state).toBe("failed");
  place.answer(200);
  return id;
}

describe("what failed", () => {
  test("goes out again under the same id, with an entry, once somebody who manages the channel asks", async () => {
    const deliveryId = await failed();
    const wanted = { channelId, deliveryId };
    await expect(sendAgain(scene.reviewer, wanted)).rejects.toMatchObject({ code: "forbidden" });
    await sendAgain(scene.administrator, wanted);
    await expect(sendAgain(scene.administrator, wanted)).rejects.toMatchObject({ code: "conflict" });
    await send();
    const ids = place.received.map(({ headers }) => headers["webhook-id"]);
    expect(ids).toEqual(Array.from({ length: 6 }, () => deliveryId));
    expect(await newest()).toMatchObject({ id: deliveryId, state: "sent", attempts: 6 });
    await expect(sendAgain(scene.administrator, wanted)).rejects.toMatchObject({ code: "conflict" });
    const { rows } = await scene.database.owner.query(
      "select convert_from(body, 'UTF8') as body from log_entry where kind = 'channel.resend_asked'",
    );
    expect(rows.map(({ body }) => JSON.parse(body).detail)).toEqual([{ delivery: deliveryId }]);
  });

  test("and is asked for after days is not given up at the first try that finds nobody", async () => {
    const deliveryId = await failed();
    scene.clock.advance(10 * DAY);
    await sendAgain(scene.administrator, { channelId, deliveryId });
    place.answer(503);
    await send();
    expect(await newest()).toMatchObject({ state: "waiting", reason: "It answered 503." });
    place.answer(200);
    scene.clock.advance(HOUR);
    await send();
    expect(await newest()).toMatchObject({ state: "sent" });
  });

  test("probe: nothing of another channel, no test, and nothing that is not there is sent again", async () => {
    const deliveryId = await failed();
    place.answer(503);
    await askTest(scene.administrator, channelId);
    await send();
    const test = (await newest()).id;
    for (const wanted of [
      { channelId: pagerId, deliveryId },
      { channelId, deliveryId: test },
      { channelId, deliveryId: "dlv_none" },
    ])
      await expect(sendAgain(scene.administrator, wanted)).rejects.toMatchObject({ code: "conflict" });
    await expect(sendAgain(scene.administrator, { channelId: "chn_none", deliveryId })).rejects.toMatchObject(
      {
        code: "not_found",
      },
    );
    scene.clock.advance(HOUR);
  });
});

test("an incident of PagerDuty ends by its own key once its gate is decided, and once alone", async () => {
  await subscribe(scene.reviewer, { channelId: pagerId, pilotId: "", kind: "gate_waiting" });
  const { gateId, digest } = await scene.reviewed();
  await scene.followed();
  await send();
  const events = () => pager.received.map(({ body }) => JSON.parse(body));
  const [opened] = events();
  expect(opened).toMatchObject({ event_action: "trigger" });
  expect(await scene.asWorker(resolveOver)).toBe(0);

  await decideGate(scene.reviewer, { gateId, digest, decision: "deny", reason: "Not like this." });
  expect(await scene.asWorker(resolveOver)).toBe(1);
  expect(await scene.asWorker(resolveOver)).toBe(0);
  pager.answer(503);
  await send();
  pager.answer(200);
  scene.clock.advance(MINUTE);
  await send();
  const resolve = { event_action: "resolve", dedup_key: opened.dedup_key, routing_key: "r".repeat(32) };
  expect(events().slice(1)).toEqual([resolve, resolve]); // the first one was not taken
  scene.clock.advance(SECOND);
  expect(await scene.asWorker(resolveOver)).toBe(0);
});

test("what is older than 90 days goes, but never what still waits", async () => {
  await scene.asWorker(dropOldNotices);
  await runFailed();
  await send();
  const old = (await newest()).id;
  const again = await failed();
  scene.clock.advance(80 * DAY);
  await sendAgain(scene.administrator, { channelId, deliveryId: again });
  await send();
  place.answer(503);
  await runFailed();
  await send();
  const waiting = (await newest()).id;
  // Not in a delivery yet: told after the hours of quiet.
  const clock = (offset: number) => new Date(scene.clock.now() + offset).toISOString().slice(11, 16);
  await setQuietHours(scene.reviewer, { timeZone: "UTC", from: clock(-HOUR), to: clock(HOUR) });
  await runFailed();
  const left = async () =>
    (await scene.database.owner.query("select id from notice_delivery")).rows.map(({ id }) => id);
  await scene.asWorker(dropOldNotices);
  expect(await left()).toEqual(expect.arrayContaining([old, again, waiting]));

  const before = [await count("notice"), await count("notice_delivery")];
  scene.clock.advance(11 * DAY);
  const dropped = await scene.asWorker(dropOldNotices);
  expect(dropped).toBeGreaterThan(0);
  expect(await count("notice_delivery")).toBe(before[1] - dropped);
  expect(await count("notice")).toBeLessThan(before[0]);
  expect((await left()).sort()).toEqual([again, waiting].sort());
  scene.clock.advance(KEPT_FOR);
  await scene.asWorker(dropOldNotices);
  expect(await left()).toEqual([waiting]);
  const { rows } = await scene.database.owner.query(
    "select delivery_id as id from notice where delivery_id is null or delivery_id = $1",
    [waiting],
  );
  expect(rows).toHaveLength(2);
});
