"use server";

import { action } from "#lib/guard/action.ts";
import { cancelRun } from "#lib/runs/cancel-run.ts";
import { CancelRun } from "#lib/runs/schema.ts";

export const cancel = action({
  permission: "run.cancel",
  maxBytes: 4096,
  input: CancelRun,
  handler: async ({ scope, input }) => {
    await cancelRun(scope, input);
    return { done: "The run is cancelled." };
  },
});
