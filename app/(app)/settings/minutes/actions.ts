"use server";

import { revalidatePath } from "next/cache";
import { z } from "zod";
import { action } from "#lib/guard/action.ts";
import { AnswerSample } from "#lib/human-minutes/schema.ts";
import { answerSample, chooseMinutes } from "#lib/human-minutes/service.ts";

export const answer = action({
  permission: "run.view",
  maxBytes: 512,
  input: AnswerSample,
  handler: async ({ scope, input }) => {
    await answerSample(scope, input);
    return {};
  },
});

export const choose = action({
  permission: "signed_in",
  maxBytes: 512,
  input: z.strictObject({ isOff: z.enum(["yes", "no"]) }),
  handler: async ({ scope, input }) => {
    await chooseMinutes(scope, input.isOff === "yes");
    revalidatePath("/settings/minutes");
    return {
      done: input.isOff === "yes" ? "Your minutes are no longer counted." : "Your minutes are counted.",
    };
  },
});
