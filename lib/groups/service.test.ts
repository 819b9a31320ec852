import { beforeAll, describe, expect, test } from "vitest";
import type { Role } from "../authz/schema.ts";
import { transaction } from "../db.ts";
import { newId } from "../ids.ts";
import { createPerson, grantRole, liveGrants } from "../people/service.ts";
import type { Scope } from "../scope.ts";
import { testDatabase } from "../testing/database.ts";
import { person as actorOf, systemActor, testClock, testScope } from "../testing/scopes.ts";
import { grantGroupRole, revokeGroupRole } from "./grant-group-role.ts";
import {
  addMember,
  createGroup,
  joinGroup,
  listGroups,
  lockedGroup,
  removeGroup,
  removeMember,
} from "./service.ts";

await testDatabase("web");
const clock = testClock();
const seed = testScope({ actor: systemActor("test"), clock });

async function somebody(...roles: Role[]): Promise<{ id: string; scope: Scope }> {
  const id = await createPerson(seed, {
    email: `${newId("person")}@example.org`,
    name: `P ${newId("person")}`,
  });
  for (const role of roles) await grantRole(seed, { personId: id, role, pilotId: null });
  return { id, scope: testScope({ roles, actor: actorOf(id), clock }) };
}
const grantsOf = (id: string) => transaction(seed, (tx) => liveGrants(tx, id));
const refusal = (work: Promise<unknown>) =>
  work.then(
    () => "done",
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  );

let ada: { id: string; scope: Scope };
beforeAll(async () => {
  ada = await somebody("administrator");
});

describe("a group", () => {
  test("gives whoever is in it what it is given, as long as they are and it is", async () => {
    const groupId = await createGroup(ada.scope, { name: "On call", description: "" });
    const { id } = await somebody();
    await addMember(ada.scope, { groupId, personId: id });
    await grantGroupRole(ada.scope, { groupId, role: "reviewer", pilotId: null });
    expect(await grantsOf(id)).toEqual([{ role: "reviewer", pilotId: null }]);
    await removeMember(ada.scope, { groupId, personId: id });
    expect(await grantsOf(id)).toEqual([]);
    await addMember(ada.scope, { groupId, personId: id });
    const grant = (await listGroups(ada.scope)).find((group) => group.id === groupId)?.grants[0];
    await revokeGroupRole(ada.scope, grant?.id ?? "");
    expect(await grantsOf(id)).toEqual([]);
    await grantGroupRole(ada.scope, { groupId, role: "viewer", pilotId: null });
    await removeGroup(ada.scope, groupId);
    expect(await grantsOf(id)).toEqual([]);
    expect(await refusal(addMember(ada.scope, { groupId, personId: id }))).toMatch(/no such group/);
  });

  test("is no way around giving roles to oneself: neither by coming in nor by giving it something", async () => {
    const groupId = await createGroup(ada.scope, { name: "Mine", description: "" });
    await grantGroupRole(ada.scope, { groupId, role: "security_lead", pilotId: null });
    expect(await refusal(addMember(ada.scope, { groupId, personId: ada.id }))).toMatch(/to yourself/);
    const empty = await createGroup(ada.scope, { name: "Empty", description: "" });
    await addMember(ada.scope, { groupId: empty, personId: ada.id });
    const given = grantGroupRole(ada.scope, { groupId: empty, role: "security_lead", pilotId: null });
    expect(await refusal(given)).toMatch(/to yourself/);
  });

  test("is given by a security lead only what they have, and peopled by administrators alone", async () => {
    const security = await somebody("security_lead");
    const groupId = await createGroup(ada.scope, { name: "Readers", description: "" });
    await grantGroupRole(security.scope, { groupId, role: "auditor", pilotId: null });
    const more = grantGroupRole(security.scope, { groupId, role: "administrator", pilotId: null });
    expect(await refusal(more)).toMatch(/only what you have yourself/);
    const { id } = await somebody();
    for (const work of [
      createGroup(security.scope, { name: "Other", description: "" }),
      addMember(security.scope, { groupId, personId: id }),
      removeGroup(security.scope, groupId),
    ])
      expect(await refusal(work)).toMatch(/“person.manage”/);
  });

  test("keeps whom single sign-on put in until it takes them out again", async () => {
    const groupId = await createGroup(ada.scope, { name: "By claim", description: "" });
    const { id } = await somebody();
    await transaction(seed, async (tx) => {
      await lockedGroup(tx, groupId);
      expect(await joinGroup(tx, seed, { groupId, personId: id }, "sso")).toBe(true);
      expect(await joinGroup(tx, seed, { groupId, personId: id }, "sso")).toBe(false);
    });
    await grantGroupRole(ada.scope, { groupId, role: "viewer", pilotId: null });
    expect(await refusal(removeMember(ada.scope, { groupId, personId: id }))).toMatch(/single sign-on/);
    await addMember(ada.scope, { groupId, personId: id });
    expect(await grantsOf(id)).toHaveLength(1);
    expect(await refusal(addMember(ada.scope, { groupId, personId: id }))).toMatch(/already/);
  });

  test("has a name of its own", async () => {
    await createGroup(ada.scope, { name: "Same", description: "" });
    expect(await refusal(createGroup(ada.scope, { name: "same", description: "" }))).toMatch(/called this/);
  });
});
