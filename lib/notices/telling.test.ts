// Who is told what, and when: on a real Postgres.
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { PERMISSIONS } from "../authz/rules.ts";
import { Role } from "../authz/schema.ts";
import { DAY, HOUR, MINUTE } from "../clock.ts";
import { transaction } from "../db.ts";
import { nameDeputy } from "../deputies/service.ts";
import { grantRole } from "../people/service.ts";
import { actorId } from "../scope.ts";
import { activePilot, charterFor, member } from "../testing/arrange.ts";
import { type NoticeScene, noticeScene } from "../testing/notice-scene.ts";
import { testScope } from "../testing/scopes.ts";
import { addresseesOf } from "./addressees.ts";
import { addChannel, askTest, removeChannel, setSecret } from "./channels.ts";
import { escalateGates } from "./escalate-gates.ts";
import { gatherDue } from "./follow-notices.ts";
import type { NoticeEvent } from "./schema.ts";
import { clearQuietHours, getOwnNotices, setQuietHours, subscribe, unsubscribe } from "./subscriptions.ts";
import { cleaned } from "./telling/cleaned.ts";
import { writeNotices } from "./write-notices.ts";

let scene: NoticeScene;
let mail: string;
let hook: string;
let nth = 0;
const SMTP = { kind: "smtp", host: "mail.example.org", port: 465, security: "tls", user: "robot" } as const;
beforeAll(async () => {
  scene = await noticeScene();
  mail = await scene.channel({ ...SMTP, name: "Mail", from: "ph@example.org", password: "hunter2" });
  hook = await scene.channel({ kind: "webhook", name: "Hook", url: "https://hooks.example.org/secret-path" });
});
beforeEach(() => scene.clock.advance(HOUR));

const happened = (more: Partial<NoticeEvent> = {}) =>
  scene.asWorker(async (scope) => {
    const event: NoticeEvent = {
      ...{ kind: "run_failed", key: `test:${nth++}`, pilotId: scene.work.pilotId, grave: false },
      ...{ at: scope.clock.now(), facts: { runId: "run_x", how: "failed" }, ...more },
    };
    await transaction(scope, async (tx) => {
      await writeNotices(tx, scope, event, await addresseesOf(tx.db, event, scope.clock.now()));
    });
    await gatherDue(scope);
  });
/** How many notices each delivery of the last moment gathers. */
const gathered = async () =>
  (
    await scene.database.owner.query(
      `select d.recipient, count(n.id)::int as n from notice_delivery d join notice n on n.delivery_id = d.id
       where d.made_at = $1 group by d.id, d.recipient order by d.recipient, d.id`,
      [new Date(scene.clock.now())],
    )
  ).rows.map(({ n }) => n);

describe("several of a kind", () => {
  test("within minutes are one message after the first; grave ones are never held back", async () => {
    const wanted = { channelId: mail, pilotId: "", kind: "run_failed" } as const;
    await subscribe(scene.reviewer, wanted);
    await happened();
    expect(await gathered()).toEqual([1]);
    scene.clock.advance(1000);
    for (let i = 0; i < 4; i++) await happened();
    expect(await gathered()).toEqual([]);
    await happened({ grave: true });
    expect(await gathered()).toEqual([1]);
    scene.clock.advance(5 * MINUTE);
    await scene.asWorker(gatherDue);
    expect(await gathered()).toEqual([4]);
    await unsubscribe(scene.reviewer, wanted);
  });

  test("that come in quiet hours are one message at their end, of all kinds", async () => {
    const minute = (offset: number) =>
      new Date(scene.clock.now() + offset * MINUTE).toISOString().slice(11, 16);
    await setQuietHours(scene.reviewer, { timeZone: "UTC", from: minute(-30), to: minute(60) });
    for (const kind of ["run_failed", "run_finished"] as const)
      await subscribe(scene.reviewer, { channelId: mail, pilotId: "", kind });
    await happened();
    await happened({ kind: "run_finished", facts: { runId: "run_x", how: "merged" } });
    expect(await gathered()).toEqual([]);
    scene.clock.advance(61 * MINUTE);
    await scene.asWorker(gatherDue);
    expect(await gathered()).toEqual([2]);
    await clearQuietHours(scene.reviewer);
    for (const kind of ["run_failed", "run_finished"] as const)
      await unsubscribe(scene.reviewer, { channelId: mail, pilotId: "", kind });
  });
});

describe("who is told", () => {
  test("a shared channel once, however many asked; a mailbox each; nobody who may not see the pilot", async () => {
    const another = await member(scene.seed, "rob", "auditor");
    const stranger = await member(scene.seed, "stan", "auditor");
    for (const who of [another, stranger, scene.reviewer])
      for (const channelId of [mail, hook])
        await subscribe(who, { channelId, pilotId: "", kind: "pilot_paused" });
    await scene.asWorker(async (scope) =>
      transaction(scope, async (tx) => {
        const event: NoticeEvent = {
          ...{ kind: "pilot_paused", key: "x", pilotId: scene.work.pilotId, grave: false, at: 0, facts: {} },
        };
        const people = (await addresseesOf(tx.db, event, scope.clock.now())).map(({ personId }) => personId);
        expect(new Set(people).size).toBe(3);
      }),
    );
    await happened({ kind: "pilot_paused", facts: { how: "person" } });
    expect(await gathered()).toEqual([1, 1, 1, 1]);
  });

  test("a sign-in past the identity provider everybody who leads, whatever they asked for, and nobody else", async () => {
    const lead = await member(scene.seed, "lena", "security_lead");
    await happened({ kind: "emergency_sign_in", pilotId: null, grave: true, facts: { personId: "per_x" } });
    const { rows } = await scene.database.owner.query(
      "select recipient, channel_id from notice where kind = 'emergency_sign_in'",
    );
    expect(rows).toContainEqual({ recipient: actorId(lead.actor), channel_id: mail });
    expect(rows.map(({ recipient }) => recipient)).not.toContain(actorId(scene.reviewer.actor));
  });

  test("a gate waits for those alone who may decide it, and past half of its time for the others, once", async () => {
    const viewer = await member(scene.seed, "vera", "viewer");
    await subscribe(viewer, { channelId: mail, pilotId: "", kind: "gate_waiting" });
    await subscribe(scene.reviewer, { channelId: mail, pilotId: "", kind: "gate_waiting" });
    const other = await member(scene.seed, "olga", "reviewer");
    await grantRole(scene.seed, { personId: actorId(other.actor), role: "auditor", pilotId: null });
    const deputy = await member(scene.seed, "dora", "viewer");
    await nameDeputy(other, {
      ...{ personId: actorId(other.actor), deputyId: actorId(deputy.actor), pilotId: null },
      ...{ from: new Date(scene.clock.now() - 3 * DAY), until: new Date(scene.clock.now() + 7 * DAY) },
    });
    // By a channel that others read she asked to be told of another pilot alone.
    const elsewhere = await activePilot(scene.seed, charterFor(scene.seed, scene.work.repositoryId));
    const team = await scene.channel({ kind: "slack", name: "Team", url: "https://hooks.example.org/team" });
    const asked = testScope({ roles: ["auditor"], actor: other.actor, clock: scene.clock });
    await subscribe(asked, { channelId: team, pilotId: elsewhere, kind: "run_failed" });
    const { gateId } = await scene.reviewed();
    await scene.followed();
    const told = async (key: string) =>
      (
        await scene.database.owner.query("select recipient from notice where event_key = $1 order by 1", [
          key,
        ])
      ).rows.map(({ recipient }) => recipient);
    expect(await told(`gate:${gateId}`)).toEqual([actorId(scene.reviewer.actor)]);
    await scene.asWorker(escalateGates);
    expect(await told(`escalated:${gateId}`)).toEqual([]);
    const { rows } = await scene.database.owner.query(
      "select created_at, expires_at from gate where id = $1",
      [gateId],
    );
    scene.clock.advance((rows[0].expires_at.getTime() - rows[0].created_at.getTime()) / 2 + 1);
    await scene.asWorker(escalateGates);
    await scene.asWorker(escalateGates);
    expect(await told(`escalated:${gateId}`)).toContain(actorId(other.actor));
    expect(await told(`escalated:${gateId}`)).toContain(actorId(deputy.actor));
    expect(await told(`escalated:${gateId}`)).not.toContain(actorId(viewer.actor));
    expect(await told(`escalated:${gateId}`)).not.toContain(actorId(scene.reviewer.actor));
    const shared = await scene.database.owner.query("select 1 from notice where channel_id = $1", [team]);
    expect(shared.rows).toEqual([]);
    const entries = await scene.database.owner.query(
      "select count(*)::int as n from log_entry where kind = 'gate.escalated' and about @> $1",
      [[`gate:${gateId}`]],
    );
    expect(entries.rows[0].n).toBe(1);
  });
});

describe("what a person asked for", () => {
  test("is their own, of pilots they may see, and each change is an entry", async () => {
    const outside = testScope({ roles: [["viewer", "pil_other"]], clock: scene.clock });
    const wanted = { channelId: mail, pilotId: scene.work.pilotId, kind: "run_failed" } as const;
    await expect(subscribe(outside, wanted)).rejects.toMatchObject({ code: "not_found" });
    await expect(subscribe(scene.reviewer, { ...wanted, channelId: "chn_none" })).rejects.toMatchObject({
      code: "not_found",
    });
    await subscribe(scene.reviewer, wanted);
    await expect(subscribe(scene.reviewer, wanted)).rejects.toMatchObject({ code: "conflict" });
    expect((await getOwnNotices(scene.reviewer)).subscriptions).toContainEqual(wanted);
    await unsubscribe(scene.reviewer, wanted);
    const { rows } = await scene.database.owner.query(
      "select count(*)::int as n from log_entry where kind = 'person.notices_set' and about @> $1",
      [[`person:${actorId(scene.reviewer.actor)}`]],
    );
    expect(rows[0].n).toBeGreaterThanOrEqual(2);
  });

  test("probe: hours of a zone that is none are refused", async () => {
    const hours = { timeZone: "Nowhere/At_All", from: "22:00", to: "07:00" };
    await expect(setQuietHours(scene.reviewer, hours)).rejects.toMatchObject({ code: "bad_input" });
    const never = { timeZone: "UTC", from: "22:00", to: "22:00" };
    await expect(setQuietHours(scene.reviewer, never)).rejects.toMatchObject({ code: "bad_input" });
  });
});

describe("channels", () => {
  test("are managed by those the table names, and nobody else", async () => {
    const roles: readonly Role[] = PERMISSIONS["channel.manage"];
    for (const role of Role.options) {
      const scope = testScope({ roles: [role], clock: scene.clock });
      const answer = await removeChannel(scope, "chn_none").catch((error: { code: string }) => error.code);
      expect([role, answer]).toEqual([role, roles.includes(role) ? "not_found" : "forbidden"]);
      const onPilot = testScope({ roles: [[role, scene.work.pilotId]], clock: scene.clock });
      await expect(askTest(onPilot, mail)).rejects.toMatchObject({ code: "forbidden" });
    }
  });

  test("take another address of the same host alone", async () => {
    const other = { channelId: hook, secret: "https://evil.example/secret-path" };
    await expect(setSecret(scene.administrator, other)).rejects.toThrow(/must lead to hooks\.example\.org/);
    await setSecret(scene.administrator, { channelId: hook, secret: "https://hooks.example.org/next" });
  });

  test("that are removed keep no secret, and drop what waits for them", async () => {
    const { channelId } = await addChannel(scene.administrator, {
      ...{ kind: "pagerduty", name: "Pager", routingKey: "r".repeat(32), region: "eu" },
    });
    await askTest(scene.administrator, channelId);
    await removeChannel(scene.administrator, channelId);
    const { rows } = await scene.database.owner.query(
      `select s.sealed, d.state from notice_secret s join notice_delivery d using (channel_id) where channel_id = $1`,
      [channelId],
    );
    expect(rows).toEqual([{ sealed: null, state: "dropped" }]);
  });

  test("probe: the web process cannot read what it sealed, nor the worker write it", async () => {
    const { default: pg } = await import("pg");
    const refusedTo = async (role: "web" | "worker", sql: string) => {
      const client = new pg.Client({ connectionString: scene.database.urls[role] });
      await client.connect();
      try {
        return await client.query(sql).then(
          () => "done",
          (error: { code: string }) => error.code,
        );
      } finally {
        await client.end();
      }
    };
    expect(await refusedTo("web", "select sealed from notice_secret")).toBe("42501");
    expect(await refusedTo("worker", "update notice_secret set sealed = null")).toBe("42501");
    expect(await refusedTo("web", "update notice_channel set settings = '{}'")).toBe("42501");
  });
});

test("probe: somebody's own words are one short line, with marks for what hides and secrets masked", async () => {
  expect(await cleaned("Fix\r\nBcc: x")).not.toMatch(/[\r\n]/);
  expect(await cleaned("a\u202Eb")).toContain("U+202E");
  expect([...(await cleaned("x".repeat(500)))]).toHaveLength(120);
  const token = `ghp_${"0aB1".repeat(9)}`;
  expect(await cleaned(`use ${token}`)).not.toContain(token);
});
