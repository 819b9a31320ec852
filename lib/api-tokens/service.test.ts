// Tokens and service accounts from their making to their end, on a real database.

import { beforeAll, describe, expect, test } from "vitest";
import { makeOneTimeLink } from "../auth/links.ts";
import { listHolders } from "../charters/possible-gates.ts";
import { DAY, MINUTE } from "../clock.ts";
import { read, transaction } from "../db.ts";
import { newId } from "../ids.ts";
import { createPerson, grantRole } from "../people/service.ts";
import type { Scope } from "../scope.ts";
import { arrangeWork, member } from "../testing/arrange.ts";
import { testDatabase } from "../testing/database.ts";
import { person, systemActor, testClock, testScope } from "../testing/scopes.ts";
import { listAccounts, makeAccount } from "./accounts.ts";
import { openToken } from "./open-token.ts";
import { CARRIED, type CarriedPermission, type MakeToken } from "./schema.ts";
import { hashOf, listTokens, makeToken, revokeToken, revokeTokensOf } from "./service.ts";

const database = await testDatabase("web");
const clock = testClock();
const seed = testScope({ roles: ["engineering_lead", "security_lead"], actor: systemActor("demo"), clock });
const visitor = testScope({ actor: systemActor("visitor"), clock });
let pilotId = "";
let admin: Scope;
let lead: Scope;
let viewer: Scope;

const idOf = ({ actor }: Scope): string => (actor.kind === "user" ? actor.personId : "");
const wanted = (more: Partial<MakeToken> = {}): MakeToken => ({
  ...{
    label: "The nightly pipeline",
    accountId: null,
    permissions: ["run.launch"],
    pilotIds: null,
    days: 30,
  },
  ...more,
});
const opens = async (token: string, permission: CarriedPermission): Promise<boolean> =>
  (await openToken(visitor, token))?.grants.some(({ permissions }) => permissions?.includes(permission)) ??
  false;

async function entriesAbout(subject: string): Promise<unknown[]> {
  const { rows } = await database.owner.query<{ body: Buffer }>(
    "select body from log_entry where about @> array[$1] order by seq",
    [subject],
  );
  return rows.map(({ body }) => JSON.parse(body.toString("utf8")));
}

beforeAll(async () => {
  ({ pilotId } = await arrangeWork(seed));
  admin = await member(seed, "admin", "administrator");
  lead = await member(seed, "lead", "engineering_lead");
  viewer = await member(seed, "viewer", "viewer");
});

describe("a person's token", () => {
  test("is shown once: its hash and its first characters are kept, and its entry holds neither it nor its label", async () => {
    const { token, tokenId, expiresAt } = await makeToken(lead, wanted());
    expect(token).toMatch(/^pht_[A-Za-z0-9_-]{43}$/);
    expect(expiresAt.getTime()).toBe(clock.now() + 30 * DAY);
    const { rows } = await database.owner.query(
      "select to_jsonb(t)::text as row from api_token t where id = $1",
      [tokenId],
    );
    expect(rows[0].row).not.toContain(token.slice(12));
    expect(rows[0].row).toContain(hashOf(token));
    const [entry] = await entriesAbout(`token:${tokenId}`);
    expect(entry).toMatchObject({
      kind: "token.made",
      detail: { person: idOf(lead), permissions: ["run.launch"], pilots: null },
    });
    expect(JSON.stringify(entry)).not.toMatch(/pht_|nightly/);
  });

  test("carries no more than its owner may, said at its field", async () => {
    await expect(makeToken(viewer, wanted())).rejects.toMatchObject({
      code: "refused",
      fields: { permissions: [expect.stringContaining("Launch runs")] },
    });
    const other = wanted({ permissions: ["pilot.view"], pilotIds: ["pil_of_nobody"] });
    const guest = await guestOf(pilotId);
    await expect(makeToken(guest, other)).rejects.toMatchObject({ code: "refused" });
  });

  test("probe: it loses what its owner loses, at the next request", async () => {
    const guest = await guestOf(pilotId);
    const { token } = await makeToken(guest, wanted({ permissions: ["run.launch", "run.view"] }));
    expect(await opens(token, "run.launch")).toBe(true);
    await changePerson("update role_grant set revoked_at = now() where person_id = $1", idOf(guest));
    expect(await openToken(visitor, token)).toMatchObject({ grants: [] });
  });

  test("probe: it opens nothing once its owner is deactivated", async () => {
    const guest = await guestOf(pilotId);
    const { token } = await makeToken(guest, wanted());
    await changePerson("update person set disabled_at = now() where id = $1", idOf(guest));
    expect(await openToken(visitor, token)).toBeNull();
  });

  test("ends at its millisecond, and its last use is noted once a minute", async () => {
    const { token, tokenId } = await makeToken(lead, wanted({ days: 1 }));
    const usedAt = async () =>
      (
        await database.owner.query("select used_at from api_token_use where token_id = $1", [tokenId])
      ).rows[0]?.used_at?.getTime();
    expect(await usedAt()).toBeUndefined();
    await openToken(visitor, token);
    const first = clock.now();
    clock.advance(MINUTE - 1);
    await openToken(visitor, token);
    expect(await usedAt()).toBe(first);
    clock.advance(1);
    await openToken(visitor, token);
    expect(await usedAt()).toBe(first + MINUTE);
    clock.advance(DAY - MINUTE - 1);
    expect(await openToken(visitor, token)).not.toBeNull();
    clock.advance(1);
    expect(await openToken(visitor, token)).toBeNull();
  });

  test("is revoked by its owner or by who manages tokens; to others it is not there", async () => {
    const { token, tokenId } = await makeToken(lead, wanted());
    await expect(revokeToken(viewer, tokenId)).rejects.toMatchObject({ code: "not_found" });
    await revokeToken(lead, tokenId);
    expect(await openToken(visitor, token)).toBeNull();
    await expect(revokeToken(lead, tokenId)).rejects.toMatchObject({ code: "conflict" });
    const other = await makeToken(lead, wanted());
    await revokeToken(admin, other.tokenId);
    expect(await entriesAbout(`token:${other.tokenId}`)).toMatchObject([
      { kind: "token.made" },
      { kind: "token.revoked", detail: { cause: "manager" } },
    ]);
  });

  test("is listed to its owner; everybody's to who manages tokens", async () => {
    await makeToken(viewer, wanted({ label: "Reads", permissions: ["run.view"], pilotIds: [pilotId] }));
    expect(await listTokens(viewer)).toMatchObject([
      { label: "Reads", state: "active", mayRevoke: true, isService: false, permissions: ["run.view"] },
    ]);
    expect((await listTokens(admin)).length).toBeGreaterThan((await listTokens(viewer)).length);
  });

  test("probe: a token makes no token and revokes none", async () => {
    const { tokenId } = await makeToken(lead, wanted());
    const program = testScope({
      actor: { kind: "token", personId: idOf(lead), tokenId },
      roles: ["administrator", "engineering_lead"],
      clock,
    });
    await expect(makeToken(program, wanted())).rejects.toMatchObject({ code: "forbidden" });
    await expect(revokeToken(program, tokenId)).rejects.toMatchObject({ code: "forbidden" });
  });

  test.each([
    ["a hash as the database keeps it", (token: string) => hashOf(token)],
    ["its prefix with other characters", (token: string) => token.slice(0, 12) + "A".repeat(35)],
    ["another of the same form", () => `pht_${"B".repeat(43)}`],
    ["a wildcard of the database", (token: string) => `${token.slice(0, 11)}%`],
  ])("probe: %s opens nothing", async (_, forged) => {
    const { token } = await makeToken(lead, wanted());
    expect(await openToken(visitor, forged(token))).toBeNull();
  });
});

describe("a service account", () => {
  test("is made by administrators, for a person who is here; does nothing without a role; may then what its token names", async () => {
    const made = { name: "Nightly", ownerId: idOf(lead) };
    await expect(makeAccount(lead, made)).rejects.toMatchObject({ code: "forbidden" });
    await expect(makeAccount(admin, { name: "Of nobody", ownerId: "per_nobody" })).rejects.toMatchObject({
      fields: { ownerId: [expect.stringContaining("Choose a person")] },
    });
    const accountId = await makeAccount(admin, made);
    const all = wanted({ accountId, permissions: [...CARRIED] });
    await expect(makeToken(lead, all)).rejects.toMatchObject({ code: "refused" });
    await grantRole(seed, { personId: accountId, role: "engineering_lead", pilotId });
    const { token } = await makeToken(lead, wanted({ accountId }));
    expect(await openToken(visitor, token)).toMatchObject({
      personId: accountId,
      grants: [{ role: "engineering_lead", pilotId, permissions: ["run.launch"] }],
    });
    expect(await listAccounts(lead)).toMatchObject([{ id: accountId, ownerName: "lead", tokens: 1 }]);
    await expect(makeToken(viewer, wanted({ accountId }))).rejects.toMatchObject({ code: "not_found" });
    await expect(makeAccount(admin, { name: "Of an account", ownerId: accountId })).rejects.toMatchObject({
      code: "refused",
    });
  });

  test("probe: nothing lets it in: no session, no link, no password", async () => {
    const accountId = await makeAccount(admin, { name: "Locked", ownerId: idOf(lead) });
    const at = new Date(clock.now());
    const session = `insert into session (id, person_id, created_at, expires_at, address, user_agent)
      values ($2, $1, $3, $3, '', '')`;
    await expect(database.owner.query(session, [accountId, newId("session"), at])).rejects.toThrow(
      "a service account cannot sign in",
    );
    const link = `insert into one_time_link (id, person_id, token_hash, created_at, expires_at)
      values ($2, $1, $2, $3, $3)`;
    await expect(database.owner.query(link, [accountId, newId("link"), at])).rejects.toThrow(
      "a service account cannot sign in",
    );
    await expect(
      database.owner.query("update person set password_hash = 'x' where id = $1", [accountId]),
    ).rejects.toThrow("service_has_no_password");
    await expect(makeOneTimeLink(admin, accountId)).rejects.toMatchObject({
      message: "A service account does not sign in; make it a token instead.",
    });
  });

  test("is nobody to count on where a charter wants approvers, whatever roles it holds", async () => {
    const accountId = await makeAccount(admin, { name: "Robot lead", ownerId: idOf(lead) });
    await grantRole(seed, { personId: accountId, role: "security_lead", pilotId: null });
    const holders = (await listHolders(lead, pilotId)).map(({ personId }) => personId);
    expect(holders).toContain(idOf(lead));
    expect(holders).not.toContain(accountId);
  });

  test("opens nothing once who answers for it is gone; its tokens are revoked with theirs", async () => {
    const owner = await member(seed, "leaving", "engineering_lead");
    const accountId = await makeAccount(admin, { name: "Left behind", ownerId: idOf(owner) });
    await grantRole(seed, { personId: accountId, role: "viewer", pilotId });
    const own = await makeToken(owner, wanted());
    const its = await makeToken(owner, wanted({ accountId, permissions: ["run.view"] }));
    const revoked = await transaction(admin, (tx) => revokeTokensOf(tx, admin, idOf(owner)));
    expect(revoked).toBe(2);
    for (const { token, tokenId } of [own, its]) {
      expect(await openToken(visitor, token)).toBeNull();
      expect(await entriesAbout(`token:${tokenId}`)).toMatchObject([
        {},
        { kind: "token.revoked", detail: { cause: "deactivated" } },
      ]);
    }
    expect(await transaction(admin, (tx) => revokeTokensOf(tx, admin, idOf(owner)))).toBe(0);
  });

  test("of which the owner was deactivated elsewhere opens nothing either", async () => {
    const owner = await member(seed, "gone", "engineering_lead");
    const accountId = await makeAccount(admin, { name: "Orphan", ownerId: idOf(owner) });
    await grantRole(seed, { personId: accountId, role: "viewer", pilotId });
    const { token } = await makeToken(owner, wanted({ accountId, permissions: ["run.view"] }));
    await changePerson("update person set disabled_at = now() where id = $1", idOf(owner));
    expect(await openToken(visitor, token)).toBeNull();
    expect((await listTokens(admin)).find(({ personId }) => personId === accountId)?.state).toBe(
      "without_owner",
    );
  });
});

test("the worker knows nothing of tokens", async () => {
  const { rows } = await database.owner.query(
    "select has_table_privilege('ph_worker', 'api_token', 'select') as may, has_table_privilege('ph_gateway', 'api_token', 'select') as gateway",
  );
  expect(rows).toEqual([{ may: false, gateway: false }]);
  expect(await read(seed, async (db) => db.$queryRaw`select 1 as one`)).toEqual([{ one: 1 }]);
});

let guests = 0;
async function guestOf(pilot: string): Promise<Scope> {
  guests += 1;
  const name = `guest-${guests}`;
  const personId = await createPerson(seed, { email: `${name}@example.org`, name });
  await grantRole(seed, { personId, role: "engineering_lead", pilotId: pilot });
  return testScope({ roles: [["engineering_lead", pilot]], actor: person(personId), clock });
}

/** A change of a person as another part of the product makes it, with an entry of its own. */
async function changePerson(sql: string, personId: string): Promise<void> {
  const client = await database.owner.connect();
  try {
    await client.query("begin");
    await client.query(sql, [personId]);
    const entry = "insert into log_entry (id, kind, about, body) values ($1, 'test', array[$2], '')";
    await client.query(entry, [newId("entry"), `person:${personId}`]);
    await client.query("commit");
  } finally {
    client.release();
  }
}
