"use server";

import { AskControls } from "#lib/controls/schema.ts";
import { askForRound } from "#lib/controls/service.ts";
import { action } from "#lib/guard/action.ts";

export const askTest = action({
  permission: "control.test",
  maxBytes: 1024,
  input: AskControls,
  handler: async ({ scope }) => {
    await askForRound(scope);
    return { done: "The worker begins in a moment." };
  },
});
