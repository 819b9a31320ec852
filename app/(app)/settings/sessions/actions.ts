"use server";

import { revalidatePath } from "next/cache";
import { z } from "zod";
import { revokeOthers, revokeSession } from "#lib/auth/own-sessions.ts";
import { OneSession } from "#lib/auth/schema.ts";
import { action } from "#lib/guard/action.ts";

/** One's own; the service asks for more where it is somebody else's. */
export const revoke = action({
  permission: "signed_in",
  maxBytes: 1024,
  input: OneSession,
  handler: async ({ scope, input: { sessionId } }) => {
    await revokeSession(scope, sessionId);
    revalidatePath("/settings/sessions");
    return { done: "It is over." };
  },
});

export const revokeAllOthers = action({
  permission: "signed_in",
  maxBytes: 1024,
  input: z.object({}),
  handler: async ({ scope }) => {
    const ended = await revokeOthers(scope);
    revalidatePath("/settings/sessions");
    return { done: ended === 1 ? "One session was ended." : `${ended} sessions were ended.` };
  },
});
