"use server";

import { revalidatePath } from "next/cache";
import { dismissFinding, moveFinding } from "#lib/findings/decide-finding.ts";
import { DismissFinding, MoveFinding } from "#lib/findings/schema.ts";
import { action } from "#lib/guard/action.ts";

export const move = action({
  permission: "finding.decide",
  maxBytes: 8192,
  input: MoveFinding,
  handler: async ({ scope, input }) => {
    await moveFinding(scope, input);
    revalidatePath(`/findings/${input.findingId}`);
    return { done: `The finding is ${input.to}.` };
  },
});

export const dismiss = action({
  permission: "finding.decide",
  maxBytes: 8192,
  input: DismissFinding,
  handler: async ({ scope, input }) => {
    await dismissFinding(scope, input);
    revalidatePath(`/findings/${input.findingId}`);
    return { done: "The finding is dismissed." };
  },
});
