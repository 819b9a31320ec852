// What becomes of deliveries: a channel that is down, one message refused, a worker killed between sending and noting.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { DAY, HOUR, MINUTE, SECOND } from "#lib/clock.ts";
import { transaction } from "#lib/db.ts";
import { newId } from "#lib/ids.ts";
import { addresseesOf } from "#lib/notices/addressees.ts";
import { addChannel, askTest, retireSecret, rotateSigning } from "#lib/notices/channels.ts";
import { gatherDue } from "#lib/notices/follow-notices.ts";
import type { NoticeEvent } from "#lib/notices/schema.ts";
import { subscribe, unsubscribe } from "#lib/notices/subscriptions.ts";
import { writeNotices } from "#lib/notices/write-notices.ts";
import { HERE, type NoticeScene, noticeScene, type Receiver, receiver } from "#lib/testing/notice-scene.ts";
import { type Sending, sendNotices } from "./send-notices.ts";
import { signatureOf } from "./webhook.ts";

let scene: NoticeScene;
let place: Receiver;
let sending: Sending;
let channelId: string;
let signing: string;
let runId: string;
const warn = vi.fn();
beforeAll(async () => {
  scene = await noticeScene();
  place = await receiver();
  sending = {
    ...{ privateKey: scene.privateKey, baseUrl: "https://pilothouse.example" },
    ...{ limits: { allowedHosts: HERE, timeout: 5000 }, logger: { warn } },
  };
  const url = `${place.url}?token=deep-secret`;
  const added = await addChannel(scene.administrator, { kind: "webhook", name: "On call", url });
  runId = await scene.launched();
  channelId = added.channelId;
  signing = added.signing ?? "";
  for (const kind of ["gate_waiting", "run_failed", "run_finished"] as const)
    await subscribe(scene.reviewer, { channelId, pilotId: "", kind });
});
beforeEach(() => {
  place.answer(200);
  place.received.length = 0;
  scene.clock.advance(HOUR);
});

const send = () => scene.asWorker((scope) => sendNotices(scope, sending));
let nth = 0;
/** A run that failed, once more: written for whoever asked, and due. */
const runFailed = () =>
  scene.asWorker(async (scope) => {
    const event: NoticeEvent = {
      ...{ kind: "run_failed", key: `test:${nth++}`, pilotId: scene.work.pilotId, grave: false },
      ...{ at: scope.clock.now(), facts: { runId, how: "failed" } },
    };
    await transaction(scope, async (tx) => {
      await writeNotices(tx, scope, event, await addresseesOf(tx.db, event, scope.clock.now()));
    });
    await gatherDue(scope);
  });
const states = async () =>
  (
    await scene.database.owner.query(
      "select state, attempts, reason from notice_delivery where state <> 'sent' or sent_at > $1 order by id",
      [new Date(scene.clock.now() - MINUTE)],
    )
  ).rows;
const health = async () =>
  (await scene.database.owner.query("select * from notice_channel_state where channel_id = $1", [channelId]))
    .rows[0];
const kindsOfChannel = async () =>
  (
    await scene.database.owner.query("select kind from log_entry where about @> $1 order by seq", [
      [`channel:${channelId}`],
    ])
  ).rows.map(({ kind }) => kind);

describe("a channel that answers late", () => {
  test("keeps no other one waiting", async () => {
    const late = Promise.withResolvers<void>();
    const slow = await receiver();
    slow.answer((response) => void late.promise.then(() => response.writeHead(200).end()));
    await askTest(scene.administrator, await scene.channel({ kind: "webhook", name: "Slow", url: slow.url }));
    for (let nth = 0; nth < 3; nth++) await askTest(scene.administrator, channelId);
    const sent = send();
    await vi.waitFor(() => expect([slow.received.length, place.received.length]).toEqual([1, 3]));
    late.resolve();
    expect(await sent).toBe(4);
  });
});

describe("a channel that is down", () => {
  test("loses nothing: what waits goes out under the same id when it works again, and both are entries", async () => {
    place.answer(503);
    await runFailed();
    await send();
    await send();
    expect(place.received).toHaveLength(1); // not tried again before its time
    for (let nth = 0; nth < 3; nth++) {
      scene.clock.advance(10 * MINUTE);
      await send();
    }
    expect(await states()).toMatchObject([{ state: "waiting", reason: "It answered 503." }]);
    expect(await health()).toMatchObject({ failures: 4, told: true, reason: "It answered 503." });
    expect(await kindsOfChannel()).toContain("channel.failing");

    place.answer(200);
    scene.clock.advance(HOUR);
    await send();
    expect(await states()).toMatchObject([{ state: "sent", attempts: 5 }]);
    expect(new Set(place.received.map(({ headers }) => headers["webhook-id"])).size).toBe(1);
    expect(new Set(place.received.map(({ body }) => body)).size).toBe(1);
    expect(await kindsOfChannel()).toContain("channel.recovered");
    expect(await health()).toMatchObject({ failures: 0, failing_since: null, told: false });
  });

  test("is told about by the other channels of whoever relies on it", async () => {
    const other = await receiver();
    const spare = await scene.channel({ kind: "webhook", name: "Spare", url: other.url });
    const wanted = { channelId: spare, pilotId: "", kind: "stop_pulled" } as const;
    await subscribe(scene.reviewer, wanted);
    place.answer(500);
    await runFailed();
    for (let nth = 0; nth < 4; nth++) {
      await send();
      scene.clock.advance(10 * MINUTE);
    }
    await scene.followed();
    await send();
    const [told] = other.received.map(({ body }) => JSON.parse(body));
    expect(told).toMatchObject({ type: "pilothouse.deliveries_failing" });
    expect(JSON.stringify(told)).toContain("On call");
    await unsubscribe(scene.reviewer, wanted);
    place.answer(200);
    scene.clock.advance(HOUR);
    await send();
  });

  test("gives up what waited for days, and says so", async () => {
    place.answer(500);
    await runFailed();
    await send();
    scene.clock.advance(DAY);
    await send();
    await scene.database.owner.query("update notice_delivery set made_at = $1 where state = 'waiting'", [
      new Date(scene.clock.now() - 4 * DAY),
    ]);
    scene.clock.advance(2 * HOUR);
    await send();
    expect((await states()).every(({ state }) => state === "given_up" || state === "dropped")).toBe(true);
  });

  test("probe: nothing secret is in what is kept or logged of it", async () => {
    const { rows } = await scene.database.owner.query(
      "select to_jsonb(d)::text as text from notice_delivery d",
    );
    const entries = await scene.database.owner.query(
      "select convert_from(body, 'UTF8') as text from log_entry",
    );
    const secret = signing.replace("whsec_", "");
    for (const text of [
      ...[...rows, ...entries.rows].map((row) => String(row.text)),
      JSON.stringify(warn.mock.calls),
    ]) {
      expect(text).not.toContain("deep-secret");
      expect(text).not.toContain(secret);
    }
    const kept = await scene.database.owner.query("select to_jsonb(s)::text as text from notice_secret s");
    for (const { text } of kept.rows) expect(text).not.toContain("deep-secret");
  });
});

test("one message that is refused leaves the others their way, and fails after some tries", async () => {
  await scene.database.owner.query(
    "update notice_channel_state set retry_at = null, failures = 0, failing_since = null, told = false",
  );
  place.answer(400);
  await runFailed();
  for (let nth = 0; nth < 6; nth++) {
    await send();
    scene.clock.advance(HOUR);
  }
  const { rows } = await scene.database.owner.query(
    "select state, attempts, reason from notice_delivery order by id desc limit 1",
  );
  expect(rows).toEqual([{ state: "failed", attempts: 5, reason: "It refused this message (400)." }]);
  expect(await health()).toMatchObject({ failures: 0, failing_since: null });
});

test("while a secret is changed each message bears two signatures, and afterwards the new one alone", async () => {
  const next = (await rotateSigning(scene.administrator, channelId)).signing;
  await askTest(scene.administrator, channelId);
  await send();
  const signedWith = (at: number, secret: string) => {
    const received = place.received[at];
    if (!received) throw new Error(`nothing was received as number ${at}`);
    const { headers, body } = received;
    const signature = signatureOf(
      secret,
      String(headers["webhook-id"]),
      Number(headers["webhook-timestamp"]),
      body,
    );
    return String(headers["webhook-signature"]).split(" ").includes(signature);
  };
  expect([signedWith(0, signing), signedWith(0, next)]).toEqual([true, true]);
  const { rows } = await scene.database.owner.query(
    "select id from notice_secret where channel_id = $1 and part = 'signing' and retired_at is null order by set_at, id",
    [channelId],
  );
  await expect(rotateSigning(scene.administrator, channelId)).rejects.toThrow(/two secrets already/);
  scene.clock.advance(SECOND);
  await retireSecret(scene.administrator, { channelId, secretId: rows[0]?.id });
  await askTest(scene.administrator, channelId);
  await send();
  expect([signedWith(1, signing), signedWith(1, next)]).toEqual([false, true]);
  const [, last] = place.received;
  expect(JSON.parse(last?.body ?? "{}").type).toBe("pilothouse.test");
});

test("probe: a signature is of the id, the time and every byte", async () => {
  const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
  // The example of the specification's own libraries.
  expect(signatureOf(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, '{"test": 2432232314}')).toBe(
    "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
  );
});

test.each([
  ["the pilot", ["reviewer", "auditor"]],
  ["channels that others read", ["auditor"]],
])("whoever may not see %s any more is told nothing", async (_, roles) => {
  await runFailed();
  await revoked(roles, new Date());
  await send();
  expect(place.received).toEqual([]);
  const { rows } = await scene.database.owner.query(
    "select state, reason from notice_delivery order by id desc limit 1",
  );
  expect(rows).toMatchObject([{ state: "dropped", reason: expect.stringMatching(/may no longer see/) }]);
  await revoked(roles, null);
});

/** Roles, with the entry that such a change needs. */
async function revoked(roles: readonly string[], revokedAt: Date | null): Promise<void> {
  const client = await scene.database.owner.connect();
  try {
    await client.query("begin");
    const { rows } = await client.query(
      "update role_grant set revoked_at = $1 where role = any($2) returning person_id as id",
      [revokedAt, roles],
    );
    const about = rows.map(({ id }) => `person:${id}`);
    await client.query("insert into log_entry (id, kind, about, body) values ($1, 'test', $2, '')", [
      newId("entry"),
      about,
    ]);
    await client.query("commit");
  } finally {
    client.release();
  }
}

test("killed between sending and noting, the worker sends it again under the same id", async () => {
  await runFailed();
  place.answer(() => undefined); // taken, and never answered: the note cannot have been written
  const program = fileURLToPath(new URL("./testing/send-once.ts", import.meta.url));
  const key = scene.privateKey.export({ type: "pkcs8", format: "pem" }).toString();
  const child = spawn(process.execPath, [program], {
    env: {
      ...process.env,
      DATABASE_URL: scene.database.urls.worker,
      NOTICE_KEY: key,
      NOTICE_NOW: String(scene.clock.now()),
    },
    stdio: ["ignore", "inherit", "inherit"],
  });
  await expect.poll(() => place.received.length, { timeout: 20_000 }).toBe(1);
  child.kill("SIGKILL");
  await once(child, "exit");
  place.answer(200);
  await send();
  expect(place.received).toHaveLength(1); // whoever took it may still be at it
  scene.clock.advance(3 * MINUTE);
  await send();
  expect(place.received).toHaveLength(2);
  const [first, second] = place.received;
  expect(second?.headers["webhook-id"]).toBe(first?.headers["webhook-id"]);
  expect(second?.body).toBe(first?.body);
});
