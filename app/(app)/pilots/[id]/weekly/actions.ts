"use server";

import { action } from "#lib/guard/action.ts";
import { askWeek, lookAgain } from "#lib/weekly-reviews/ask-week.ts";
import { AskWeek, SecondLook } from "#lib/weekly-reviews/schema.ts";

export const propose = action({
  permission: "pilot.amend",
  maxBytes: 8192,
  input: AskWeek,
  handler: async ({ scope, input }) => {
    const { isSigned } = await askWeek(scope, input);
    return {
      done: isSigned
        ? "You have signed it. It is in the inbox of whoever signs next."
        : "It is in the inbox, where you sign it with your passkey.",
    };
  },
});

export const say = action({
  permission: "gate.decide",
  maxBytes: 8192,
  input: SecondLook,
  handler: async ({ scope, input }) => {
    await lookAgain(scope, input);
    return { done: "It stands in the pack and in the record." };
  },
});
