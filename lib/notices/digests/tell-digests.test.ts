// The brief of a day told once, to whom it is for, on a real Postgres.
import { beforeAll, describe, expect, test } from "vitest";
import { DAY, HOUR } from "../../clock.ts";
import { transaction } from "../../db.ts";
import { revokeRole } from "../../people/revoke-role.ts";
import { moveRun } from "../../runs/move-run.ts";
import { lockRun } from "../../runs/run-in-tx.ts";
import { actorId, type Scope } from "../../scope.ts";
import { member } from "../../testing/arrange.ts";
import { type NoticeScene, noticeScene } from "../../testing/notice-scene.ts";
import { composeMessage } from "../compose.ts";
import { gatherDue } from "../follow-notices.ts";
import type { MessageItem } from "../schema.ts";
import { takeDeliveries } from "../settle-delivery.ts";
import { getOwnNotices, subscribe, subscribeToAll } from "../subscriptions.ts";
import { chooseDigest } from "./choose-digest.ts";
import { tellDigests } from "./tell-digests.ts";

let scene: NoticeScene;
let eng: Scope;
let mail: string;
let hook: string;
const EIGHT = { timeZone: "UTC", time: "08:00" };

/** To eight o'clock UTC of the next day. */
function nextMorning(): void {
  const { clock } = scene;
  const day = Math.floor(clock.now() / DAY) * DAY;
  clock.advance(day + DAY + 8 * HOUR - clock.now());
}

const told = () => scene.asWorker(tellDigests);

async function failed(reason = "It went wrong."): Promise<void> {
  const runId = await scene.launched();
  await transaction(scene.seed, async (tx) => {
    const moved = await moveRun(tx, scene.seed, await lockRun(tx, runId), "failed", reason);
    tx.record({
      ...{ kind: "run.failed", about: [`run:${runId}`], ...moved },
      detail: { attempt: 1, reason_sha256: "0".repeat(64) },
    });
  });
}

/** What is sent now, by recipient. */
const sent = () =>
  scene.asWorker(async (scope) => {
    await gatherDue(scope);
    const items = new Map<string, readonly MessageItem[]>();
    for (let taken = await takeDeliveries(scope); taken.length > 0; taken = await takeDeliveries(scope))
      for (const delivery of taken)
        await transaction(scope, async (tx) => {
          const message = await composeMessage(tx.db, delivery, "https://p.example", scope.clock.now());
          await tx.db
            .$executeRaw`update notice_delivery set state = 'sent', sent_at = now() where id = ${delivery.id}`;
          if (message) items.set(`${delivery.channelId} ${delivery.recipient}`, message.items);
        });
    return items;
  });

beforeAll(async () => {
  scene = await noticeScene();
  eng = await member(scene.seed, "eng", "engineering_lead");
  const smtp = { kind: "smtp", name: "Mail", host: "mail.example.org", port: 465, security: "tls" } as const;
  mail = await scene.channel({ ...smtp, user: "robot", from: "ph@example.org", password: "hunter2" });
  hook = await scene.channel({ kind: "webhook", name: "Hook", url: "https://hooks.example.org/x" });
});

describe("the digest", () => {
  test("is on for a lead and off for a reviewer until they choose", async () => {
    expect((await getOwnNotices(eng)).digest).toEqual({ isOn: true, timeZone: "UTC", time: "08:00" });
    expect((await getOwnNotices(scene.reviewer)).digest.isOn).toBe(false);
  });

  test("goes out once a day, however many workers look and however often they start again", async () => {
    nextMorning();
    nextMorning();
    await failed();
    const counts = await scene.asWorker((scope) => Promise.all([1, 2, 3].map(() => tellDigests(scope))));
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(1);
    scene.clock.advance(HOUR);
    expect(await told()).toBe(0);
    const [[place, items] = ["", []], ...others] = await sent();
    expect(others).toEqual([]);
    expect(place).toBe(`${mail} ${actorId(eng.actor)}`);
    expect(items).toMatchObject([
      { kind: "daily_digest", title: "The brief of your day", url: "https://p.example/" },
    ]);
    expect(items[0]?.lines[0]).toMatch(/^Engineering: .*1 run launched and 1 broken because/);
    nextMorning();
    await failed();
    expect(await told()).toBe(1);
    expect((await sent()).size).toBe(1);
  });

  test("of a day on which nothing happened and nothing waits is not told, and not looked at again", async () => {
    nextMorning();
    nextMorning();
    expect(await told()).toBe(0);
    await failed();
    expect(await told()).toBe(0);
    expect((await sent()).size).toBe(0);
  });

  test("probe: that cannot be told to one person is told to those after them", async () => {
    const { owner } = scene.database;
    const [first, later] = [actorId(eng.actor), await member(scene.seed, "later", "engineering_lead")];
    for (const table of ["daily_digest", "person"])
      await owner.query(`alter table ${table} disable trigger governed`);
    await owner.query(
      "insert into daily_digest (person_id, is_on, time_zone, minute, chosen_at) values ($1, true, 'Nowhere/Land', 480, $2)",
      [first, new Date(0)],
    );
    nextMorning();
    nextMorning();
    await failed();
    await expect(told()).rejects.toThrow("the others were");
    expect([...(await sent()).keys()]).toEqual([`${mail} ${actorId(later.actor)}`]);
    await owner.query("delete from daily_digest where person_id = $1", [first]);
    await owner.query("update person set disabled_at = now() where id = $1", [actorId(later.actor)]);
    for (const table of ["daily_digest", "person"])
      await owner.query(`alter table ${table} enable trigger governed`);
    await told();
    await sent();
  });

  test("that is switched off, or was chosen for later, waits", async () => {
    await chooseDigest(eng, { isOn: false, ...EIGHT });
    nextMorning();
    await failed();
    expect(await told()).toBe(0);
    await chooseDigest(eng, { isOn: true, timeZone: "UTC", time: "10:00" });
    expect(await told()).toBe(0);
    scene.clock.advance(2 * HOUR);
    expect(await told()).toBe(1);
    await expect(
      chooseDigest(eng, { isOn: true, timeZone: "Nowhere/Land", time: "08:00" }),
    ).rejects.toMatchObject({
      code: "bad_input",
    });
    await chooseDigest(eng, { isOn: true, ...EIGHT });
    await sent();
  });

  test("goes by the channel it was asked for, of all pilots only", async () => {
    const { reviewer } = scene;
    await subscribeToAll(reviewer, { channelId: hook, pilotId: scene.work.pilotId });
    expect((await getOwnNotices(reviewer)).subscriptions.map(({ kind }) => kind)).not.toContain(
      "daily_digest",
    );
    const ofOne = { channelId: hook, pilotId: scene.work.pilotId, kind: "daily_digest" } as const;
    await expect(subscribe(reviewer, ofOne)).rejects.toMatchObject({ code: "bad_input" });
    await subscribe(reviewer, { ...ofOne, pilotId: "" });
    nextMorning();
    await failed();
    expect(await told()).toBe(2);
    expect([...(await sent()).keys()].sort()).toEqual([`${hook} `, `${mail} ${actorId(eng.actor)}`].sort());
  });

  test("probe: hostile words in it are text of one line, and secrets are masked", async () => {
    nextMorning();
    const token = ["ghp", "0123456789abcdefghijABCDEFGHIJ456789"].join("_");
    await failed(`\u202eevil\n<script>alert(1)</script> ${token}`);
    await told();
    const lines = (await sent()).get(`${mail} ${actorId(eng.actor)}`)?.[0]?.lines.join("\n") ?? "";
    expect(lines).toContain("because “");
    expect(lines).not.toContain("\u202e");
    expect(lines).not.toContain("0123456789abcdef");
    expect(lines.split("\n")).toHaveLength(1);
  });

  test("probe: a secret that the cut of a long reason goes through is masked whole", async () => {
    nextMorning();
    const token = ["ghp", "0123456789abcdefghijABCDEFGHIJ456789"].join("_");
    await failed(`${"long ".repeat(19)}${token}`);
    await told();
    const lines = (await sent()).get(`${mail} ${actorId(eng.actor)}`)?.[0]?.lines.join("\n") ?? "";
    expect(lines).toContain("because “long long");
    expect(lines).not.toContain("0123456789");
  });

  test("probe: whoever lost their role meanwhile is not told", async () => {
    nextMorning();
    await failed();
    expect(await told()).toBeGreaterThan(0);
    const { rows } = await scene.database.owner.query<{ id: string }>(
      "select id from role_grant where person_id = $1 and revoked_at is null",
      [actorId(eng.actor)],
    );
    for (const { id } of rows) await revokeRole(scene.administrator, id);
    expect((await sent()).has(`${mail} ${actorId(eng.actor)}`)).toBe(false);
    nextMorning();
    await failed();
    await told();
    expect((await sent()).has(`${mail} ${actorId(eng.actor)}`)).toBe(false);
  });
});
