"use server";

import { z } from "zod";
import { action } from "#lib/guard/action.ts";
import { Phase } from "#lib/protocol/schema.ts";
import { makeEnrolment, revokeRunner } from "#lib/runners/service.ts";

/** One box ticked comes as a word, two as a list. */
const Phases = z.preprocess(
  (value) => [value ?? []].flat(),
  z.array(Phase).min(1, "Choose what the runner may do."),
);

export const enrol = action({
  permission: "runner.enrol",
  maxBytes: 1024,
  input: z.object({ phases: Phases }),
  handler: async ({ scope, input }) => {
    const { token } = await makeEnrolment(scope, input);
    return { done: token };
  },
});

export const revoke = action({
  permission: "runner.revoke",
  maxBytes: 1024,
  input: z.object({ runnerId: z.string().max(100) }),
  handler: async ({ scope, input }) => {
    await revokeRunner(scope, input.runnerId);
    return { done: "The runner is revoked." };
  },
});
