"use server";

import { revalidatePath } from "next/cache";
import { z } from "zod";
import { action } from "#lib/guard/action.ts";
import { RoleInput } from "#lib/roles/schema.ts";
import { changeRole, createRole, retireRole } from "#lib/roles/service.ts";

const PATH = "/settings/roles";
const roleId = z.string().min(1).max(100);
const { name, description, permissions } = RoleInput.shape;
/** A form without a tick sends nothing of them. */
const ticked = z.preprocess((value) => value ?? [], permissions);

export const make = action({
  permission: "role.manage",
  maxBytes: 8192,
  input: z.strictObject({ name, description, permissions: ticked }),
  handler: async ({ scope, input }) => {
    await createRole(scope, input);
    revalidatePath(PATH);
    return { done: "The role is made." };
  },
});

export const change = action({
  permission: "role.manage",
  maxBytes: 8192,
  input: z.strictObject({ roleId, name, description, permissions: ticked }),
  handler: async ({ scope, input: { roleId: id, ...input } }) => {
    await changeRole(scope, id, input);
    revalidatePath(PATH);
    return { done: "The role is changed." };
  },
});

export const retire = action({
  permission: "role.manage",
  maxBytes: 1024,
  input: z.strictObject({ roleId }),
  handler: async ({ scope, input }) => {
    await retireRole(scope, input.roleId);
    revalidatePath(PATH);
    return { done: "The role is retired." };
  },
});
