"use server";

import { revalidatePath } from "next/cache";
import { z } from "zod";
import { RoleKey } from "#lib/authz/schema.ts";
import { setFromSso } from "#lib/groups/fill-by-sso.ts";
import { grantGroupRole, revokeGroupRole } from "#lib/groups/grant-group-role.ts";
import { GroupInput } from "#lib/groups/schema.ts";
import { addMember, createGroup, removeGroup, removeMember } from "#lib/groups/service.ts";
import { action } from "#lib/guard/action.ts";
import { EndsOn } from "#lib/people/schema.ts";

const PATH = "/settings/groups";
const id = z.string().min(1).max(100);
const Membership = z.strictObject({ groupId: id, personId: id });

/** A box that is not ticked says nothing. */
const checked = z
  .literal("yes")
  .optional()
  .transform((value) => value === "yes");

export const make = action({
  permission: "person.manage",
  maxBytes: 2048,
  input: GroupInput.extend({ fromSso: checked }),
  handler: async ({ scope, input }) => {
    await createGroup(scope, input);
    revalidatePath(PATH);
    return { done: "The group is made." };
  },
});

export const remove = action({
  permission: "person.manage",
  maxBytes: 1024,
  input: z.strictObject({ groupId: id }),
  handler: async ({ scope, input }) => {
    await removeGroup(scope, input.groupId);
    revalidatePath(PATH);
    return { done: "The group is removed." };
  },
});

export const fill = action({
  permission: "person.manage",
  maxBytes: 1024,
  input: z.strictObject({ groupId: id, fromSso: checked }),
  handler: async ({ scope, input }) => {
    await setFromSso(scope, input);
    revalidatePath(PATH);
    return {
      done: input.fromSso ? "Single sign-on fills the group." : "Single sign-on fills the group no longer.",
    };
  },
});

export const putIn = action({
  permission: "person.manage",
  maxBytes: 1024,
  input: Membership,
  handler: async ({ scope, input }) => {
    await addMember(scope, input);
    revalidatePath(PATH);
    return { done: "They are in the group." };
  },
});

export const takeOut = action({
  permission: "person.manage",
  maxBytes: 1024,
  input: Membership,
  handler: async ({ scope, input }) => {
    await removeMember(scope, input);
    revalidatePath(PATH);
    return { done: "They are out of the group." };
  },
});

export const giveGroup = action({
  permission: "role.grant",
  maxBytes: 2048,
  input: z.strictObject({ to: id, role: RoleKey, pilotId: z.string().max(100), endsOn: EndsOn }),
  handler: async ({ scope, input: { to, role, pilotId, endsOn } }) => {
    await grantGroupRole(scope, {
      ...{ groupId: to, role, pilotId: pilotId === "" ? null : pilotId },
      endsAt: endsOn,
    });
    revalidatePath(PATH);
    return { done: "The role is given." };
  },
});

export const takeFromGroup = action({
  permission: "role.grant",
  maxBytes: 1024,
  input: z.strictObject({ grantId: id }),
  handler: async ({ scope, input }) => {
    await revokeGroupRole(scope, input.grantId);
    revalidatePath(PATH);
    return { done: "The role is taken away." };
  },
});
