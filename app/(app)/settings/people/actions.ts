"use server";

import { revalidatePath } from "next/cache";
import { z } from "zod";
import { RoleKey } from "#lib/authz/schema.ts";
import { action } from "#lib/guard/action.ts";
import { deactivatePerson, reactivatePerson } from "#lib/people/deactivate.ts";
import { inviteAgain, invitePerson } from "#lib/people/invite.ts";
import { revokeRole } from "#lib/people/revoke-role.ts";
import { EndsOn, NewPerson } from "#lib/people/schema.ts";
import { grantRole } from "#lib/people/service.ts";

const PATH = "/settings/people";
const id = z.string().min(1).max(100);

export const invite = action({
  permission: "person.manage",
  maxBytes: 2048,
  input: NewPerson,
  handler: async ({ scope, input }) => {
    const { path } = await invitePerson(scope, input);
    revalidatePath(PATH);
    return { done: path };
  },
});

export const makeLink = action({
  permission: "person.manage",
  maxBytes: 1024,
  input: z.strictObject({ personId: id }),
  handler: async ({ scope, input }) => {
    const { path } = await inviteAgain(scope, input.personId);
    revalidatePath(PATH, "layout");
    return { done: path };
  },
});

export const give = action({
  permission: "role.grant",
  maxBytes: 2048,
  input: z.strictObject({ to: id, role: RoleKey, pilotId: z.string().max(100), endsOn: EndsOn }),
  handler: async ({ scope, input: { to, role, pilotId, endsOn } }) => {
    await grantRole(scope, { personId: to, role, pilotId: pilotId === "" ? null : pilotId, endsAt: endsOn });
    revalidatePath(PATH, "layout");
    return { done: "The role is given." };
  },
});

export const take = action({
  permission: "role.grant",
  maxBytes: 1024,
  input: z.strictObject({ grantId: id }),
  handler: async ({ scope, input }) => {
    await revokeRole(scope, input.grantId);
    revalidatePath(PATH, "layout");
    return { done: "The role is taken away." };
  },
});

export const deactivate = action({
  permission: "person.manage",
  maxBytes: 1024,
  input: z.strictObject({ personId: id }),
  handler: async ({ scope, input }) => {
    await deactivatePerson(scope, input.personId);
    revalidatePath(PATH, "layout");
    return { done: "They are out: sessions, tokens and passkeys ended." };
  },
});

export const reactivate = action({
  permission: "person.manage",
  maxBytes: 1024,
  input: z.strictObject({ personId: id }),
  handler: async ({ scope, input }) => {
    await reactivatePerson(scope, input.personId);
    revalidatePath(PATH, "layout");
    return { done: "They may come in again." };
  },
});
