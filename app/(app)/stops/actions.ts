"use server";

import { action } from "#lib/guard/action.ts";
import { askToLift } from "#lib/stops/ask-to-lift.ts";
import { AskToLift } from "#lib/stops/schema.ts";

export const askLift = action({
  permission: "stop.lift",
  maxBytes: 4096,
  input: AskToLift,
  handler: async ({ scope, input }) => {
    await askToLift(scope, input);
    return { done: "It is in the inbox; another lead has to agree." };
  },
});
