"use server";

import { revalidatePath } from "next/cache";
import { action } from "#lib/guard/action.ts";
import { NoteProcurement } from "#lib/procurement/schema.ts";
import { noteProcurement } from "#lib/procurement/service.ts";

export const note = action({
  permission: "agent.create",
  maxBytes: 16_384,
  input: NoteProcurement,
  handler: async ({ scope, input }) => {
    await noteProcurement(scope, input);
    revalidatePath("/agents/procurement");
    return { done: "It is written down." };
  },
});
