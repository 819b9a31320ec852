// Who answers for a service account changes: its tokens end with it, and what it did until then stays with who answered then.
import { beforeAll, expect, test } from "vitest";
import { read } from "../db.ts";
import { deactivatePerson } from "../people/deactivate.ts";
import { grantRole } from "../people/service.ts";
import { actorId, type Scope } from "../scope.ts";
import { arrangeWork, member } from "../testing/arrange.ts";
import { testDatabase } from "../testing/database.ts";
import { entriesAbout } from "../testing/journey.ts";
import { systemActor, testClock, testScope } from "../testing/scopes.ts";
import { answerersOf } from "./account-owners.ts";
import { changeOwner, listAccounts, makeAccount } from "./accounts.ts";
import { openToken } from "./open-token.ts";
import { makeToken } from "./service.ts";

const database = await testDatabase("web");
const clock = testClock();
const seed = testScope({ roles: ["engineering_lead", "security_lead"], actor: systemActor("demo"), clock });
const visitor = testScope({ actor: systemActor("visitor"), clock });
const idOf = ({ actor }: Scope): string => actorId(actor);
const people: Record<"admin" | "eng" | "sec" | "viewer", Scope> = await (async () => ({
  admin: await member(seed, "admin", "administrator"),
  eng: await member(seed, "eng", "engineering_lead"),
  sec: await member(seed, "sec", "security_lead"),
  viewer: await member(seed, "viewer", "viewer"),
}))();
let accountId = "";
const tokenBy = (scope: Scope) =>
  makeToken(scope, { label: "CI", accountId, permissions: ["run.launch"], pilotIds: null, days: 9 });

beforeAll(async () => {
  await arrangeWork(seed);
  accountId = await makeAccount(people.admin, { name: "Pipeline", ownerId: idOf(people.eng) });
  await grantRole(seed, { personId: accountId, role: "engineering_lead", pilotId: null });
});

test("its tokens end, whoever answers for it now makes new ones, and whoever did before stays no second person", async () => {
  const { admin, eng, sec } = people;
  const { token } = await tokenBy(eng);
  expect(await openToken(visitor, token)).not.toBeNull();
  await changeOwner(admin, { accountId, ownerId: idOf(sec) });
  expect(await openToken(visitor, token)).toBeNull();
  await expect(tokenBy(eng)).rejects.toMatchObject({ code: "not_found" });
  expect(await openToken(visitor, (await tokenBy(sec)).token)).toMatchObject({ personId: accountId });
  expect(await listAccounts(admin)).toMatchObject([{ ownerId: idOf(sec) }]);
  expect(await read(seed, (db) => answerersOf(db, [accountId]))).toEqual([idOf(eng), idOf(sec)].sort());
  const entries = await entriesAbout(database, `person:${accountId}`);
  expect(entries.filter(({ kind }) => kind === "person.service_owner_changed")).toMatchObject([
    { detail: { account: accountId, from: idOf(eng), owner: idOf(sec) } },
  ]);
  expect(entries.filter(({ kind }) => kind === "token.revoked")).toMatchObject([
    { detail: { cause: "owner_changed" } },
  ]);
});

test("probe: to nobody, to somebody who left, to a program, to the same, or by who makes no accounts", async () => {
  const { admin, eng, sec, viewer } = people;
  const refused = (ownerId: string, code: string, by = admin, account = accountId) =>
    expect(changeOwner(by, { accountId: account, ownerId })).rejects.toMatchObject({ code });
  await deactivatePerson(admin, idOf(viewer));
  await refused(idOf(viewer), "refused");
  await refused(accountId, "refused");
  await refused("per_none", "refused");
  await refused(idOf(sec), "conflict");
  await refused(idOf(sec), "not_found", admin, idOf(eng));
  await refused(idOf(eng), "forbidden", sec);
});

test("an account whose owner left opens nothing until somebody else answers for it and makes a token", async () => {
  const { admin, eng, sec } = people;
  const { token } = await tokenBy(sec);
  await deactivatePerson(admin, idOf(sec));
  expect(await openToken(visitor, token)).toBeNull();
  await changeOwner(admin, { accountId, ownerId: idOf(eng) });
  expect(await openToken(visitor, token)).toBeNull();
  expect(await openToken(visitor, (await tokenBy(eng)).token)).not.toBeNull();
});
