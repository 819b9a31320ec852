// Channels that others read too: who may be told by them, and who sees who asked.
import { beforeAll, describe, expect, test } from "vitest";
import { transaction } from "../db.ts";
import { newId } from "../ids.ts";
import { actorId, type Scope } from "../scope.ts";
import { member } from "../testing/arrange.ts";
import { type NoticeScene, noticeScene } from "../testing/notice-scene.ts";
import { testScope } from "../testing/scopes.ts";
import { addresseesOf } from "./addressees.ts";
import { waysTo } from "./escalate-gates.ts";
import type { NoticeEvent } from "./schema.ts";
import { subscribe, subscribeToAll } from "./subscriptions.ts";
import { getChannel, listChannelNames } from "./view-channels.ts";

let scene: NoticeScene;
let hook: string;
let mail: string;
let viewer: Scope;
beforeAll(async () => {
  scene = await noticeScene();
  const smtp = { kind: "smtp", name: "Mail", host: "mail.example.org", port: 465, security: "tls" } as const;
  mail = await scene.channel({ ...smtp, user: "robot", from: "ph@example.org", password: "hunter2" });
  hook = await scene.channel({ kind: "webhook", name: "Hook", url: "https://hooks.example.org/x" });
  viewer = await member(scene.seed, "vic", "viewer");
  const wanted = { channelId: hook, pilotId: scene.work.pilotId, kind: "run_failed" } as const;
  await subscribe(scene.reviewer, wanted);
  await subscribe(viewer, { ...wanted, channelId: mail });
  await subscribedBefore(viewer);
});

/** As it could be asked for before, with the entry that such a change needs. */
async function subscribedBefore({ actor }: Scope): Promise<void> {
  const client = await scene.database.owner.connect();
  try {
    await client.query("begin");
    await client.query("insert into notice_subscription values ($1, $2, '', 'run_failed')", [
      actorId(actor),
      hook,
    ]);
    await client.query("insert into log_entry (id, kind, about, body) values ($1, 'test', $2, '')", [
      newId("entry"),
      [`person:${actorId(actor)}`],
    ]);
    await client.query("commit");
  } finally {
    client.release();
  }
}

const told = () =>
  scene.asWorker((scope) =>
    transaction(scope, async (tx) => {
      const event: NoticeEvent = {
        ...{ kind: "run_failed", key: "x", pilotId: scene.work.pilotId, grave: false },
        ...{ at: 0, facts: { how: "failed" } },
      };
      const now = scope.clock.now();
      return (await addresseesOf(tx.db, event, now)).map((each) => [each.personId, each.channelId]);
    }),
  );

describe("a channel that others read too", () => {
  test("is refused, with a sentence, to whoever may not see channels, of the organisation or of a pilot alone", async () => {
    const wanted = { channelId: hook, pilotId: scene.work.pilotId, kind: "run_finished" } as const;
    const refusal = { code: "refused", message: expect.stringMatching(/All readers of this channel/) };
    await expect(subscribe(viewer, wanted)).rejects.toMatchObject(refusal);
    await expect(subscribeToAll(viewer, wanted)).rejects.toMatchObject(refusal);
    const onPilot = testScope({
      ...{ roles: [["engineering_lead", scene.work.pilotId]], actor: viewer.actor, clock: scene.clock },
    });
    await expect(subscribe(onPilot, wanted)).rejects.toMatchObject(refusal);
    const names = await listChannelNames(viewer);
    expect(names.map(({ name, tells }) => [name, tells])).toEqual([
      ["Hook", false],
      ["Mail", true],
    ]);
  });

  test("tells nothing to who asked before and may not, and still tells them by mail", async () => {
    const addressees = await told();
    expect(addressees).toContainEqual([actorId(scene.reviewer.actor), hook]);
    expect(addressees).toContainEqual([actorId(viewer.actor), mail]);
    expect(addressees).not.toContainEqual([actorId(viewer.actor), hook]);
    const ways = await scene.asWorker((scope) =>
      transaction(scope, (tx) => waysTo(tx.db, [actorId(viewer.actor)], scene.work.pilotId)),
    );
    expect(ways.map(({ channelId }) => channelId)).toEqual([mail]);
  });

  test("lists to those who manage it who asked for what, and to nobody else", async () => {
    const { subscribers } = await getChannel(scene.administrator, hook);
    expect(subscribers).toMatchObject([
      { name: "rita", kinds: ["run_failed"], pilotId: scene.work.pilotId, tells: true },
      { name: "vic", kinds: ["run_failed"], pilotId: "", pilotName: null, tells: false },
    ]);
    expect((await getChannel(scene.reviewer, hook)).subscribers).toBeNull();
  });

  test("probe: a pilot that whoever manages it may not see has no name for them", async () => {
    const channels = { role: "rol_channels", pilotId: null } as const;
    const alone: Scope = {
      ...scene.administrator,
      grants: [{ ...channels, permissions: ["channel.view", "channel.manage"] }],
    };
    const { subscribers } = await getChannel(alone, hook);
    expect(subscribers?.map(({ pilotName }) => pilotName)).toEqual([null, null]);
    const [first] = (await getChannel(scene.administrator, hook)).subscribers ?? [];
    expect(first?.pilotName).toBeTypeOf("string");
  });
});
