// Which groups single sign-on puts people into and takes them out of, on a real database.
import { beforeAll, describe, expect, test } from "vitest";
import type { Role } from "../authz/schema.ts";
import { transaction } from "../db.ts";
import { setFromSso } from "../groups/fill-by-sso.ts";
import { grantGroupRole } from "../groups/grant-group-role.ts";
import { addMember, createGroup, listGroups } from "../groups/service.ts";
import { newId } from "../ids.ts";
import { createPerson, grantRole, liveGrants } from "../people/service.ts";
import type { Scope } from "../scope.ts";
import { testDatabase } from "../testing/database.ts";
import { entriesAbout } from "../testing/journey.ts";
import { person, systemActor, testClock, testScope } from "../testing/scopes.ts";
import { syncGroups } from "./sync-groups.ts";

const database = await testDatabase("web");
const clock = testClock();
const seed = testScope({ actor: systemActor("test"), clock });

async function somebody(...roles: Role[]): Promise<{ id: string; scope: Scope }> {
  const id = await createPerson(seed, { email: `${newId("person")}@example.org`, name: "P" });
  for (const role of roles) await grantRole(seed, { personId: id, role, pilotId: null });
  return { id, scope: testScope({ roles, actor: person(id), clock }) };
}
const told = (personId: string, ...names: string[]) =>
  transaction(seed, (tx) => syncGroups(tx, seed, personId, names));
const rolesOf = async (id: string) =>
  (await transaction(seed, (tx) => liveGrants(tx, id))).map(({ role }) => role);
const kindsAbout = async (groupId: string) =>
  (await entriesAbout(database, `group:${groupId}`)).map(({ kind }) => kind);
const refusal = (work: Promise<unknown>) =>
  work.then(
    () => "done",
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  );

let admin: { id: string; scope: Scope };
let giver: { id: string; scope: Scope };
beforeAll(async () => {
  admin = await somebody("administrator");
  giver = await somebody("administrator");
});

/** A group that the provider has one of the same name as, and that gives a role. */
async function giving(name: string, role: Role, fromSso: boolean): Promise<string> {
  const groupId = await createGroup(admin.scope, { name, description: "", fromSso });
  await grantGroupRole(giver.scope, { groupId, role, pilotId: null });
  return groupId;
}

describe("a group called as one of the provider's", () => {
  test("probe: puts nobody in unless an administrator said that single sign-on fills it", async () => {
    const groupId = await giving("Releases", "security_lead", false);
    const { id } = await somebody();
    await told(id, "releases");
    expect(await rolesOf(id)).toEqual([]);
    expect(await kindsAbout(groupId)).toEqual(["group.created", "group.role_granted"]);
    await giving("Night watch", "viewer", true);
    await told(id, "releases", "NIGHT WATCH");
    expect(await rolesOf(id)).toEqual(["viewer"]);
    await told(id);
    expect(await rolesOf(id)).toEqual([]);
  });

  test("says in its entries that single sign-on fills it, and since when it no longer does", async () => {
    const groupId = await createGroup(admin.scope, { name: "Filled", description: "", fromSso: true });
    await setFromSso(admin.scope, { groupId, fromSso: false });
    await setFromSso(admin.scope, { groupId, fromSso: true });
    const again = setFromSso(admin.scope, { groupId, fromSso: true });
    expect(await refusal(again)).toMatch(/already/);
    expect(await entriesAbout(database, `group:${groupId}`)).toMatchObject([
      { kind: "group.created", detail: { fromSso: true } },
      { kind: "group.sso_set", detail: { fromSso: false } },
      { kind: "group.sso_set", detail: { fromSso: true } },
    ]);
    const stranger = await somebody("security_lead");
    expect(await refusal(setFromSso(stranger.scope, { groupId, fromSso: false }))).toMatch(/“person.manage”/);
  });

  test("lets whom it was filled with out at once when it is filled by hand alone", async () => {
    const groupId = await giving("Emptied", "viewer", true);
    const [byClaim, byHand] = [await somebody(), await somebody()];
    await told(byClaim.id, "emptied");
    await addMember(admin.scope, { groupId, personId: byHand.id });
    await setFromSso(admin.scope, { groupId, fromSso: false });
    expect([await rolesOf(byClaim.id), await rolesOf(byHand.id)]).toEqual([[], ["viewer"]]);
    const group = (await listGroups(admin.scope)).find(({ id }) => id === groupId);
    expect(group).toMatchObject({ fromSso: false, members: [{ personId: byHand.id, source: "hand" }] });
  });

  test("probe: is not opened to the provider by somebody it names, over roles that others gave to it", async () => {
    const groupId = await giving("Leads", "security_lead", false);
    expect(await refusal(setFromSso(admin.scope, { groupId, fromSso: true }))).toMatch(/given roles/);
    await told(admin.id, "leads");
    expect(await rolesOf(admin.id)).toEqual(["administrator"]);
  });
});

test("the last administrator stays in the group they are one by, with an entry, and leaves it once there is another", async () => {
  const groupId = await giving("Administrators", "administrator", true);
  const { id } = await somebody();
  await told(id, "administrators");
  await withoutAdministratorsByName(async () => {
    await told(id);
    expect(await rolesOf(id)).toEqual(["administrator"]);
    expect((await entriesAbout(database, `group:${groupId}`)).at(-1)).toMatchObject({
      ...{ kind: "group.member_kept", detail: { person: id } },
    });
  });
  await told(id);
  expect(await rolesOf(id)).toEqual([]);
  expect((await kindsAbout(groupId)).at(-1)).toBe("group.member_removed");
});

/** Every grant to somebody by name has ended meanwhile. */
async function withoutAdministratorsByName(work: () => Promise<void>): Promise<void> {
  const set = async (endsAt: string) => {
    await database.owner.query("alter table role_grant disable trigger governed");
    await database.owner.query(`update role_grant set ends_at = ${endsAt}`);
    await database.owner.query("alter table role_grant enable trigger governed");
  };
  await set("now() - interval '1 day'");
  await work();
  await set("null");
}
