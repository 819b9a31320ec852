// Invitations by mail, from the form's service over the worker to a real SMTP server on this host.
import type { AddressInfo } from "node:net";
import { SMTPServer } from "smtp-server";
import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { peekLink } from "#lib/auth/links.ts";
import { DAY, HOUR, MINUTE } from "#lib/clock.ts";
import { newId } from "#lib/ids.ts";
import { removeChannel } from "#lib/notices/channels.ts";
import { invitationChannel, viewInvitationMail } from "#lib/notices/invitations/view-mail.ts";
import { sendAgain } from "#lib/notices/upkeep/send-again.ts";
import { type Invitation, inviteAgain, invitePerson } from "#lib/people/invite.ts";
import { HERE, type NoticeScene, noticeScene } from "#lib/testing/notice-scene.ts";
import { type Sending, sendNotices } from "./send-notices.ts";

let scene: NoticeScene;
let sending: Sending;
let channelId: string;
const warn = vi.fn();
const letters: { readonly to: readonly string[]; readonly text: string }[] = [];
/** How the server answers a sender and a recipient; null: it takes them. */
const answers: { sender: number | null; recipient: number | null } = { sender: null, recipient: null };
const answered = (code: number | null) =>
  code === null ? null : Object.assign(new Error("hunter2"), { responseCode: code });

const server = new SMTPServer({
  ...{ authOptional: true, disabledCommands: ["STARTTLS", "AUTH"], logger: false },
  onMailFrom: (_from, _session, done) => done(answered(answers.sender)),
  onRcptTo: (_to, _session, done) => done(answered(answers.recipient)),
  onData(stream, { envelope }, done) {
    const pieces: Buffer[] = [];
    stream.on("data", (piece: Buffer) => pieces.push(piece));
    stream.on("end", () => {
      letters.push({
        to: envelope.rcptTo.map(({ address }) => address),
        text: Buffer.concat(pieces).toString("utf8"),
      });
      done();
    });
  },
});

beforeAll(async () => {
  server.on("error", () => undefined); // a client that leaves
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", () => resolve()));
  const { port } = server.server.address() as AddressInfo;
  scene = await noticeScene();
  sending = {
    ...{ privateKey: scene.privateKey, baseUrl: "https://pilothouse.example" },
    ...{ limits: { allowedHosts: HERE, timeout: 5000 }, logger: { warn } },
  };
  channelId = await scene.channel({
    ...{ kind: "smtp", name: "Post", host: "127.0.0.1", port, security: "none" },
    ...{ user: "", from: "pilothouse@example.org", password: "" },
  });
});
afterAll(() => new Promise<void>((resolve) => server.close(() => resolve())));
beforeEach(() => {
  scene.clock.advance(HOUR); // whatever waited may be tried now
  Object.assign(answers, { sender: null, recipient: null });
  letters.length = 0;
});

const send = () => scene.asWorker((scope) => sendNotices(scope, sending));
const invited = (email = `${newId("person")}@example.org`): Promise<Invitation> =>
  invitePerson(scene.administrator, { email, name: "New" });
const mailOf = ({ personId }: Invitation) => viewInvitationMail(scene.administrator, personId);
const sealedOf = async ({ personId }: Invitation): Promise<boolean[]> => {
  const { rows } = await scene.database.owner.query<{ kept: boolean }>(
    "select sealed is not null as kept from invitation_mail where person_id = $1 order by delivery_id",
    [personId],
  );
  return rows.map(({ kept }) => kept);
};
const deliveryOf = async ({ personId }: Invitation): Promise<string> => {
  const sql = "select delivery_id as id from invitation_mail where person_id = $1 order by delivery_id desc";
  return (await scene.database.owner.query<{ id: string }>(sql, [personId])).rows[0]?.id ?? "";
};
/** Every row of every table that could hold it, as text. */
async function kept(): Promise<string> {
  const tables = ["invitation_mail", "notice_delivery", "notice", "one_time_link", "notice_channel_state"];
  const texts = await Promise.all(
    tables.map((table) => scene.database.owner.query(`select to_jsonb(t)::text as text from ${table} t`)),
  );
  const entries = await scene.database.owner.query(
    "select convert_from(body, 'UTF8') as text from log_entry",
  );
  return [...texts, entries].flatMap(({ rows }) => rows.map(({ text }) => text)).join("\n");
}

test("an invitation is shown to who invites and mailed to who is invited, and its link is gone with the mail", async () => {
  expect(await invitationChannel(scene.administrator)).toBe("Post");
  const email = `${newId("person")}@example.org`;
  const invitation = await invited(email);
  expect(await mailOf(invitation)).toMatchObject({ state: "waiting", reason: null });
  expect(await sealedOf(invitation)).toEqual([true]);
  const hex = Buffer.from(invitation.token).toString("hex");
  for (const text of [invitation.token, hex]) expect(await kept()).not.toContain(text);

  await send();
  const [letter] = letters;
  expect(letters).toHaveLength(1);
  expect(letter?.to).toEqual([email]);
  const text = (letter?.text ?? "").replaceAll("=\r\n", "");
  expect(text).toContain(`https://pilothouse.example${invitation.path}\r\n`);
  expect(text).toMatch(/^Subject: \S.* invites you to Pilothouse\r$/m);
  expect(text).toContain(`until ${invitation.expiresAt.toISOString().slice(0, 16).replace("T", " ")} UTC`);
  expect(await peekLink(scene.administrator, invitation.token)).toMatchObject({ state: "usable", email });

  expect(await mailOf(invitation)).toMatchObject({ state: "sent", reason: null });
  expect(await sealedOf(invitation)).toEqual([false]);
  expect(await kept()).not.toContain(invitation.token);
  const { rows } = await scene.database.owner.query(
    "select kind from log_entry where about @> array[$1] order by seq",
    [`person:${invitation.personId}`],
  );
  expect(rows.map(({ kind }) => kind)).toEqual(["person.created", "person.link_made", "person.link_mailed"]);
});

test("a mailbox that is not there is tried as other notices are, said with its reason, and not sent again", async () => {
  answers.recipient = 550;
  const invitation = await invited();
  await send();
  expect(await mailOf(invitation)).toMatchObject({
    ...{ state: "waiting", reason: "The mail server answered 550." },
  });
  for (let tries = 1; tries < 5; tries++) {
    scene.clock.advance(HOUR);
    await send();
  }
  expect(await mailOf(invitation)).toMatchObject({
    ...{ state: "failed", reason: "The mail server answered 550." },
  });
  expect(await sealedOf(invitation)).toEqual([false]);
  const delivery = { channelId, deliveryId: await deliveryOf(invitation) };
  await expect(sendAgain(scene.administrator, delivery)).rejects.toThrow(/Only what failed/);
  expect(JSON.stringify(warn.mock.calls)).not.toContain(invitation.token);
});

test("while the server is down the newest link waits for it, and the one before is not mailed", async () => {
  answers.sender = 452;
  const first = await invited();
  await send();
  expect(await mailOf(first)).toMatchObject({ state: "waiting", reason: "The mail server answered 452." });
  expect(await sealedOf(first)).toEqual([true]);
  scene.clock.advance(MINUTE);
  const second = await inviteAgain(scene.administrator, first.personId);
  answers.sender = null;
  scene.clock.advance(HOUR);
  await send();
  expect(letters).toHaveLength(1);
  expect(letters[0]?.text.replaceAll("=\r\n", "")).toContain(second.token);
  expect(await mailOf(second)).toMatchObject({ state: "sent" });
  expect(await sealedOf(first)).toEqual([false, false]);
});

test("a link that ended before it could be mailed is not mailed, and is said to be over", async () => {
  const invitation = await invited();
  scene.clock.advance(DAY);
  await send();
  expect(letters).toEqual([]);
  expect(await mailOf(invitation)).toMatchObject({
    ...{ state: "dropped", reason: expect.stringContaining("its link let nobody in any more") },
  });
  expect(await sealedOf(invitation)).toEqual([false]);
});

test("probe: a link moved under another delivery is opened by nobody", async () => {
  const [one, other] = [await invited(), await invited()];
  await scene.database.owner.query(
    `update invitation_mail m set sealed = o.sealed from invitation_mail o
     where m.delivery_id = $1 and o.delivery_id = $2`,
    [await deliveryOf(one), await deliveryOf(other)],
  );
  await send();
  expect(letters).toHaveLength(1);
  expect(await mailOf(one)).toMatchObject({
    ...{ state: "waiting", reason: expect.stringContaining("sealed to another worker") },
  });
});

test("probe: web cannot read what it sealed, nor the worker write it or read a link's hash", async () => {
  const { default: pg } = await import("pg");
  const codeOf = async (role: "web" | "worker", sql: string) => {
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
  expect(await codeOf("web", "select sealed from invitation_mail")).toBe("42501");
  expect(await codeOf("web", "update invitation_mail set sealed = null")).toBe("42501");
  expect(await codeOf("worker", "update invitation_mail set sealed = null")).toBe("42501");
  expect(await codeOf("worker", "select token_hash from one_time_link")).toBe("42501");
});

test("a channel that is removed takes what waits for it along; without one the link is shown and not mailed", async () => {
  const waiting = await invited();
  await removeChannel(scene.administrator, channelId);
  expect(await mailOf(waiting)).toMatchObject({ state: "dropped", reason: "The channel was removed." });
  expect(await sealedOf(waiting)).toEqual([false]);
  expect(await invitationChannel(scene.administrator)).toBeNull();
  const shown = await invited();
  expect(shown.path).toMatch(/^\/link\//);
  expect(await mailOf(shown)).toBeNull();
});
