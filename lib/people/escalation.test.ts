// Ways round "what anybody gets comes from another": by a program's account, by its tokens, by a group of single sign-on.
import { describe, expect, test } from "vitest";
import { makeAccount } from "../api-tokens/accounts.ts";
import { makeToken } from "../api-tokens/service.ts";
import type { Role } from "../authz/schema.ts";
import { transaction } from "../db.ts";
import { grantGroupRole } from "../groups/grant-group-role.ts";
import { addMember, createGroup } from "../groups/service.ts";
import { changeRole, createRole } from "../roles/service.ts";
import type { Scope } from "../scope.ts";
import { syncGroups } from "../sso/sync-groups.ts";
import { member } from "../testing/arrange.ts";
import { testDatabase } from "../testing/database.ts";
import { systemActor, testClock, testScope } from "../testing/scopes.ts";
import { grantRole, liveGrants } from "./service.ts";

await testDatabase("web");
const seed = testScope({ actor: systemActor("test"), clock: testClock() });
const idOf = ({ actor }: Scope): string => ("personId" in actor ? actor.personId : "");
const grantsOf = (id: string) => transaction(seed, (tx) => liveGrants(tx, id));
let count = 0;
const somebody = (role: Role) => member(seed, `somebody-${++count}`, role);
const LAUNCH = {
  ...{ label: "The pipeline", permissions: ["run.launch"] as const, pilotIds: null, days: 30 },
};
const launching = (accountId: string) => ({ ...LAUNCH, permissions: [...LAUNCH.permissions], accountId });

describe("a service account", () => {
  test("probe: gets no role from who answers for it, neither by name nor by a group", async () => {
    const admin = await somebody("administrator");
    const account = await makeAccount(admin, { name: "Mine", ownerId: idOf(admin) });
    const give = { personId: account, role: "engineering_lead", pilotId: null } as const;
    await expect(grantRole(admin, give)).rejects.toMatchObject({ code: "refused" });
    const groupId = await createGroup(admin, { name: "Robots", description: "" });
    await addMember(admin, { groupId, personId: account });
    const toGroup = { groupId, role: "engineering_lead", pilotId: null } as const;
    await expect(grantGroupRole(admin, toGroup)).rejects.toMatchObject({ code: "refused" });
    const given = await createGroup(admin, { name: "Launchers", description: "" });
    await grantGroupRole(admin, { ...toGroup, groupId: given });
    await expect(addMember(admin, { groupId: given, personId: account })).rejects.toMatchObject({
      code: "refused",
    });
    expect(await grantsOf(account)).toEqual([]);
    await grantRole(await somebody("administrator"), give);
    expect(await grantsOf(account)).toHaveLength(1);
  });

  test("probe: holding a role that is made here keeps who answers for it from putting more into it", async () => {
    const admin = await somebody("administrator");
    const account = await makeAccount(admin, { name: "Reader", ownerId: idOf(admin) });
    const input = { name: "Reads", description: "", permissions: ["pilot.view" as const] };
    const role = await createRole(admin, input);
    await grantRole(seed, { personId: account, role: role as "rol_x", pilotId: null });
    const more = { ...input, permissions: ["pilot.view" as const, "run.launch" as const] };
    await expect(changeRole(admin, role, more)).rejects.toMatchObject({ code: "refused" });
  });

  test("probe: whoever manages tokens makes none for another's: they would launch with it and approve as themselves", async () => {
    const owner = await somebody("engineering_lead");
    const lead = await somebody("security_lead");
    const account = await makeAccount(await somebody("administrator"), {
      ...{ name: "Theirs", ownerId: idOf(owner) },
    });
    await grantRole(seed, { personId: account, role: "engineering_lead", pilotId: null });
    await expect(makeToken(lead, launching(account))).rejects.toMatchObject({ code: "refused" });
    await expect(makeToken(owner, launching(account))).resolves.toMatchObject({ token: expect.any(String) });
  });
});

test("probe: an administrator who calls a group as theirs at the provider gets nothing they gave to it; others do", async () => {
  const admin = await somebody("administrator");
  const other = await somebody("viewer");
  const groupId = await createGroup(admin, { name: "Everybody at work", description: "", fromSso: true });
  await grantGroupRole(admin, { groupId, role: "security_lead", pilotId: null });
  const names = ["everybody at work"];
  for (const { actor } of [admin, other])
    await transaction(seed, (tx) => syncGroups(tx, seed, "personId" in actor ? actor.personId : "", names));
  expect((await grantsOf(idOf(admin))).map(({ role }) => role)).toEqual(["administrator"]);
  expect((await grantsOf(idOf(other))).map(({ role }) => role).sort()).toEqual(["security_lead", "viewer"]);
});
