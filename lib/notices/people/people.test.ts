// What happens about people is told to those who can do something about it, whatever they asked for.
import { beforeAll, expect, test } from "vitest";
import { changeOwner, makeAccount } from "../../api-tokens/accounts.ts";
import { DAY } from "../../clock.ts";
import { transaction } from "../../db.ts";
import { confirmPasskey } from "../../passkeys/confirm-passkey.ts";
import { credentialDigest } from "../../passkeys/enrol-passkey.ts";
import { countWaiting } from "../../passkeys/waiting.ts";
import { actorId, type Scope } from "../../scope.ts";
import { member } from "../../testing/arrange.ts";
import { type NoticeScene, noticeScene } from "../../testing/notice-scene.ts";
import { composeMessage } from "../compose.ts";
import { takeDeliveries } from "../settle-delivery.ts";
import { cleaned } from "../telling/cleaned.ts";

let scene: NoticeScene;
let [eng, other]: Scope[] = [];
let mail = "";
const idOf = (scope: Scope | undefined): string => (scope ? actorId(scope.actor) : "");

beforeAll(async () => {
  scene = await noticeScene();
  eng = await member(scene.seed, "eng", "engineering_lead");
  other = await member(scene.seed, "other", "reviewer");
  mail = await scene.channel({
    ...{ kind: "smtp", name: "Mail", host: "127.0.0.1", port: 2525, security: "none", user: "" },
    ...{ from: "pilothouse@example.org", password: "" },
  });
});

const told = async (kind: string): Promise<string[]> => {
  const { rows } = await scene.database.owner.query<{ recipient: string }>(
    "select recipient from notice where kind = $1 and channel_id = $2 order by 1",
    [kind, mail],
  );
  return rows.map(({ recipient }) => recipient);
};

/** What each is sent now. */
async function messages(): Promise<Map<string, string>> {
  return scene.asWorker(async (scope) => {
    const said = new Map<string, string>();
    for (let taken = await takeDeliveries(scope); taken.length > 0; taken = await takeDeliveries(scope))
      for (const delivery of taken) {
        const text = await transaction(scope, async (tx) => {
          const message = await composeMessage(tx.db, delivery, "https://p.example", scope.clock.now());
          await tx.db
            .$executeRaw`update notice_delivery set state = 'sent', sent_at = now() where id = ${delivery.id}`;
          return message?.items.map(({ title, lines, url }) => [title, ...lines, url].join("\n")).join("\n");
        });
        if (text !== undefined) said.set(delivery.recipient, text);
      }
    return said;
  });
}

/** As an enrolment leaves it, with its entry. */
async function enrolled(owner: Scope): Promise<string> {
  const [person, id] = [idOf(owner), `psk_${idOf(owner).slice(4)}`];
  await transaction(owner, async (tx) => {
    await tx.db.passkey.create({
      data: {
        ...{ id, personId: person, name: "Key", credentialId: "Y3JlZA", publicKey: new Uint8Array([1]) },
        ...{ algorithm: -7, transports: [], rpId: "localhost", createdAt: new Date(0) },
      },
    });
    const credential = credentialDigest("Y3JlZA");
    tx.record({
      kind: "passkey.enrolled",
      about: [`passkey:${id}`, `person:${person}`],
      after: "0".repeat(64),
      detail: { passkey: id, person, credential, key: "A".repeat(40), rp: "1".repeat(64) },
    });
  });
  return id;
}

test("a passkey that waits is told to those who may confirm it, but to its owner, until somebody has", async () => {
  if (!eng || !other) throw new Error("nobody is there");
  const passkeyId = await enrolled(eng);
  await scene.followed();
  const confirming = await told("passkey_waiting");
  expect(confirming).toContain(idOf(scene.administrator));
  expect(confirming).not.toContain(idOf(eng));
  expect(confirming).not.toContain(idOf(other));
  expect([
    await countWaiting(scene.administrator),
    await countWaiting(eng),
    await countWaiting(other),
  ]).toEqual([1, 0, 0]);
  const { rows } = await scene.database.owner.query("select id from notice_delivery where state = 'waiting'");
  expect(rows.length).toBeGreaterThan(0);
  await confirmPasskey(scene.administrator, { passkeyId, credential: credentialDigest("Y3JlZA") });
  expect(await messages()).toEqual(new Map());
  expect(await countWaiting(scene.administrator)).toBe(0);
});

test("who answers for an account is told to both, and to nobody else", async () => {
  const accountId = await makeAccount(scene.administrator, { name: "Pipeline", ownerId: idOf(eng) });
  await changeOwner(scene.administrator, { accountId, ownerId: idOf(other) });
  await scene.followed();
  expect(await told("account_owner_changed")).toEqual([idOf(eng), idOf(other)].sort());
  const said = await messages();
  expect([...said.keys()].sort()).toEqual([idOf(eng), idOf(other)].sort());
  expect(said.get(idOf(eng))).toContain("Account: Pipeline");
  expect(said.get(idOf(eng))).toContain(`Answers for it now: ${await cleaned("other")}`);
});

test("a last administrator who stays is told to administrators, once a day however often it happens", async () => {
  const kept = () =>
    transaction(scene.seed, async (tx) => {
      tx.record({
        kind: "group.member_kept",
        about: ["group:grp_1", `person:${idOf(other)}`],
        detail: { person: idOf(other) },
      });
    });
  await kept();
  await kept();
  await scene.followed();
  expect(await told("administrator_kept")).toEqual([idOf(scene.administrator)]);
  scene.clock.advance(DAY);
  expect((await messages()).get(idOf(scene.administrator))).toContain(
    "The last administrator stays in a group",
  );
});
