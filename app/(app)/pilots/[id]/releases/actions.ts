"use server";

import { revalidatePath } from "next/cache";
import { action } from "#lib/guard/action.ts";
import { removeCredential, setCredential } from "#lib/releases/callbacks/credentials.ts";
import { RemoveCredential, SetCredential } from "#lib/releases/callbacks/schema.ts";

export const keepCredential = action({
  permission: "channel.manage",
  maxBytes: 16_384,
  input: SetCredential,
  handler: async ({ scope, input }) => {
    await setCredential(scope, input);
    revalidatePath(`/pilots/${input.pilotId}/releases`);
    return { done: "It is sealed and used from now on." };
  },
});

export const dropCredential = action({
  permission: "channel.manage",
  maxBytes: 1024,
  input: RemoveCredential,
  handler: async ({ scope, input }) => {
    await removeCredential(scope, input);
    revalidatePath(`/pilots/${input.pilotId}/releases`);
    return { done: "It is deleted. Nothing is told there any more." };
  },
});
