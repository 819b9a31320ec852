// Calls of the services that say who is here and what they may; for the suite that tries each of them with each role.

import { listOwners, makeAccount } from "../api-tokens/accounts.ts";
import type { Permission } from "../authz/schema.ts";
import { setFromSso } from "../groups/fill-by-sso.ts";
import { grantGroupRole } from "../groups/grant-group-role.ts";
import { addMember, createGroup, removeGroup, removeMember } from "../groups/service.ts";
import { newId } from "../ids.ts";
import { invitationChannel, viewInvitationMail } from "../notices/invitations/view-mail.ts";
import { deactivatePerson, reactivatePerson } from "../people/deactivate.ts";
import { inviteAgain, invitePerson } from "../people/invite.ts";
import { grantRole } from "../people/service.ts";
import { viewPeople, viewPerson } from "../people/view-people.ts";
import { changeRole, createRole, retireRole } from "../roles/service.ts";
import type { Scope } from "../scope.ts";

/** A service, what it asks for, and a call that fails after that, if it can. */
export type Call = readonly [name: string, permission: Permission, call: (scope: Scope) => Promise<unknown>];

const nobody = "per_none";
const role = { name: "", description: "", permissions: [] };
const gift = { role: "rol_none", pilotId: null } as const;
/** Who is here, what they are given, and what roles are made of. */
export const OF_PEOPLE: readonly Call[] = [
  ["viewPeople", "person.view", (scope) => viewPeople(scope)],
  ["viewPerson", "person.view", (scope) => viewPerson(scope, nobody)],
  ["invitePerson", "person.manage", (scope) => invitePerson(scope, { email: "", name: "" })],
  ["inviteAgain", "person.manage", (scope) => inviteAgain(scope, nobody)],
  ["invitationChannel", "person.manage", (scope) => invitationChannel(scope)],
  ["viewInvitationMail", "person.manage", (scope) => viewInvitationMail(scope, nobody)],
  ["deactivatePerson", "person.manage", (scope) => deactivatePerson(scope, nobody)],
  ["reactivatePerson", "person.manage", (scope) => reactivatePerson(scope, nobody)],
  ["createGroup", "person.manage", (scope) => createGroup(scope, { name: newId("group"), description: "" })],
  ["setFromSso", "person.manage", (scope) => setFromSso(scope, { groupId: "grp_none", fromSso: true })],
  ["removeGroup", "person.manage", (scope) => removeGroup(scope, "grp_none")],
  ["addMember", "person.manage", (scope) => addMember(scope, { groupId: "grp_none", personId: nobody })],
  [
    "removeMember",
    "person.manage",
    (scope) => removeMember(scope, { groupId: "grp_none", personId: nobody }),
  ],
  ["grantRole", "role.grant", (scope) => grantRole(scope, { ...gift, personId: nobody })],
  ["grantGroupRole", "role.grant", (scope) => grantGroupRole(scope, { ...gift, groupId: "grp_none" })],
  ["makeAccount", "account.make", (scope) => makeAccount(scope, { name: "CI", ownerId: nobody })],
  ["listOwners", "account.make", (scope) => listOwners(scope)],
  ["createRole", "role.manage", (scope) => createRole(scope, { ...role, name: newId("role") })],
  ["changeRole", "role.manage", (scope) => changeRole(scope, "rol_none", role)],
  ["retireRole", "role.manage", (scope) => retireRole(scope, "rol_none")],
];
