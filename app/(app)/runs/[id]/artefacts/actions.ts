"use server";

import { askPromotion } from "#lib/artefacts/promote.ts";
import { AskPromotion } from "#lib/artefacts/schema.ts";
import { action } from "#lib/guard/action.ts";

export const ask = action({
  permission: "artefact.promote",
  maxBytes: 64 * 1024,
  input: AskPromotion,
  handler: async ({ scope, input }) => {
    await askPromotion(scope, input);
    return { done: "Asked. Somebody else decides on it, in the inbox." };
  },
});
