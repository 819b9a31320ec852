// Enrolment, its confirmation and removal, over real keys of an authenticator in software.
import pg from "pg";
import { beforeAll, describe, expect, test } from "vitest";
import { transaction } from "../db.ts";
import { actorId, type Scope } from "../scope.ts";
import { member } from "../testing/arrange.ts";
import { testDatabase } from "../testing/database.ts";
import { entriesAbout } from "../testing/journey.ts";
import { type Algorithm, softAuthenticator } from "../testing/passkeys/authenticator.ts";
import { systemActor, testClock, testScope } from "../testing/scopes.ts";
import { TEST_URL, webTestEnv } from "../testing/web-env.ts";
import { confirmPasskey } from "./confirm-passkey.ts";
import { askEnrolment, credentialDigest, digestOf, enrolPasskey } from "./enrol-passkey.ts";
import { removePasskey, revokePasskeysOf } from "./remove-passkey.ts";
import { listOthersPasskeys, listOwnPasskeys } from "./service.ts";

webTestEnv();
const database = await testDatabase("web");
const clock = testClock();
const seed = testScope({ actor: systemActor("demo"), clock });
const site = { origin: TEST_URL, rpId: "localhost" };
let people: Record<"ada" | "bo" | "cy" | "vi", Scope>;

beforeAll(async () => {
  people = {
    ada: await member(seed, "ada", "engineering_lead"),
    bo: await member(seed, "bo", "reviewer"),
    cy: await member(seed, "cy", "administrator"),
    vi: await member(seed, "vi", "viewer"),
  };
});

async function enrolled(scope: Scope, algorithm: Algorithm = "ES256") {
  const key = softAuthenticator(site, algorithm);
  const registration = key.create(await askEnrolment(scope));
  const passkeyId = await enrolPasskey(scope, { name: "Laptop", registration });
  return { key, passkeyId, credential: credentialDigest(key.credentialId) };
}

describe("enrolment", () => {
  test.each(["ES256", "EdDSA", "RS256"] as const)(
    "takes a key of %s, which its entry carries",
    async (name) => {
      const { key, passkeyId, credential } = await enrolled(people.bo, name);
      const view = (await listOwnPasskeys(people.bo)).find(({ id }) => id === passkeyId);
      expect(view).toMatchObject({ algorithm: name, confirmedAt: null, isUsable: true });
      expect(view).toMatchObject({ credential, key: digestOf(key.publicKey), name: "Laptop" });
      const [entry] = await entriesAbout(database, `passkey:${passkeyId}`);
      expect(entry).toMatchObject({
        kind: "passkey.enrolled",
        detail: {
          ...{ credential, person: actorId(people.bo.actor), rp: digestOf("localhost") },
          key: key.publicKey.toString("base64url"),
        },
      });
    },
  );

  test("asks for user verification, of this site, and not for what is there already", async () => {
    const { key } = await enrolled(people.vi);
    const options = await askEnrolment(people.vi);
    expect(options).toMatchObject({ rp: { id: "localhost" }, attestation: "none", timeout: 60_000 });
    expect(options.authenticatorSelection?.userVerification).toBe("required");
    expect(options.excludeCredentials?.map(({ id }) => id)).toContain(key.credentialId);
  });

  test("probe: an answer is taken once, by whom it was asked of, within a minute", async () => {
    const key = softAuthenticator(site);
    const options = await askEnrolment(people.bo);
    const registration = key.create(options);
    const enrol = (scope: Scope) => enrolPasskey(scope, { name: "x", registration });
    await expect(enrol(people.ada)).rejects.toMatchObject({
      code: "refused",
      message: /not what you were asked/,
    });
    await enrol(people.bo);
    await expect(enrol(people.bo)).rejects.toMatchObject({ code: "refused", message: /used already/ });
    const late = softAuthenticator(site).create(await askEnrolment(people.bo));
    clock.advance(60_000);
    await expect(enrolPasskey(people.bo, { name: "x", registration: late })).rejects.toMatchObject({
      message: /more than a minute/,
    });
  });

  const wrong = [
    ["for another site", { origin: "https://evil.example" }],
    ["for another domain", { rpId: "evil.example" }],
    ["without asking for a PIN or a finger", { unverified: true }],
    ["as an answer to something else", { type: "webauthn.get" }],
  ] as const;
  test.each(wrong)("probe: a key made %s is refused, and the question is used up", async (_, otherwise) => {
    const options = await askEnrolment(people.bo);
    const key = softAuthenticator(site);
    const enrol = (more: object) =>
      enrolPasskey(people.bo, { name: "x", registration: key.create(options, more) });
    await expect(enrol(otherwise)).rejects.toMatchObject({
      code: "refused",
      message: /no passkey for this site/,
    });
    await expect(enrol({})).rejects.toMatchObject({ message: /used already/ });
  });

  test("is for people alone", async () => {
    await expect(
      askEnrolment(testScope({ roles: ["viewer"], actor: systemActor("x"), clock })),
    ).rejects.toMatchObject({
      code: "forbidden",
    });
  });
});

describe("confirmation", () => {
  test("is by a lead or an administrator, never by the owner, and its entry says who", async () => {
    const { passkeyId, credential } = await enrolled(people.ada);
    const confirm = (scope: Scope) => confirmPasskey(scope, { passkeyId, credential });
    await expect(confirm(people.ada)).rejects.toMatchObject({ message: /your own/ });
    await expect(confirm(people.bo)).rejects.toMatchObject({ code: "forbidden" });
    expect((await listOthersPasskeys(people.cy))[0]).toMatchObject({ confirmedAt: null });
    await confirm(people.cy);
    const view = (await listOwnPasskeys(people.ada)).find(({ id }) => id === passkeyId);
    expect(view).toMatchObject({ confirmedByName: "cy" });
    const entries = await entriesAbout(database, `passkey:${passkeyId}`);
    expect(entries.at(-1)).toMatchObject({
      kind: "passkey.confirmed",
      detail: { passkey: passkeyId, person: actorId(people.ada.actor), credential },
    });
    const { rows } = await database.owner.query<{ body: Buffer }>(
      "select body from log_entry where kind = 'passkey.confirmed' and about @> array[$1]",
      [`passkey:${passkeyId}`],
    );
    expect(JSON.parse(String(rows[0]?.body)).actor).toMatchObject({ personId: actorId(people.cy.actor) });
    await expect(confirm(people.cy)).rejects.toMatchObject({ code: "conflict" });
  });

  test("probe: a key put in the place of the one that was shown is not confirmed", async () => {
    const { passkeyId, credential } = await enrolled(people.bo);
    await database.owner.query("alter table passkey disable trigger governed");
    await database.owner.query("update passkey set credential_id = 'b3RoZXI' where id = $1", [passkeyId]);
    await database.owner.query("alter table passkey enable trigger governed");
    await expect(confirmPasskey(people.cy, { passkeyId, credential })).rejects.toMatchObject({
      message: /another passkey than the one you were shown/,
    });
  });

  test("probe: the database itself takes no owner for the second person, and no other key", async () => {
    const { passkeyId } = await enrolled(people.bo);
    const client = new pg.Client({ connectionString: database.urls.web });
    await client.connect();
    const own = "update passkey set confirmed_by = person_id, confirmed_at = now() where id = $1";
    await expect(client.query(own, [passkeyId])).rejects.toMatchObject({ code: "23514" });
    const key = "update passkey set public_key = 'x' where id = $1";
    await expect(client.query(key, [passkeyId])).rejects.toMatchObject({ code: "42501" });
    await client.end();
  });
});

describe("removal", () => {
  test("is by the owner, or by whoever may confirm; nobody else's", async () => {
    const own = await enrolled(people.bo);
    await expect(removePasskey(people.vi, own.passkeyId)).rejects.toMatchObject({ code: "forbidden" });
    await removePasskey(people.bo, own.passkeyId);
    const turned = await enrolled(people.bo);
    await removePasskey(people.ada, turned.passkeyId);
    const whys = await Promise.all(
      [own, turned].map(async ({ passkeyId }) =>
        (await entriesAbout(database, `passkey:${passkeyId}`)).at(-1),
      ),
    );
    expect(whys.map((entry) => entry?.detail.why)).toEqual(["owner", "turned_away"]);
    await expect(removePasskey(people.bo, own.passkeyId)).rejects.toMatchObject({ code: "not_found" });
    await expect(confirmPasskey(people.cy, turned)).rejects.toMatchObject({ code: "not_found" });
  });

  test("of all of a person's comes with their deactivation", async () => {
    const { passkeyId } = await enrolled(people.vi);
    const gone = await transaction(people.cy, (tx) =>
      revokePasskeysOf(tx, people.cy, actorId(people.vi.actor)),
    );
    expect(gone).toBeGreaterThan(0);
    expect(await listOwnPasskeys(people.vi)).toEqual([]);
    expect((await entriesAbout(database, `passkey:${passkeyId}`)).at(-1)?.detail).toMatchObject({
      why: "deactivated",
    });
  });
});
