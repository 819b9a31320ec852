"use server";

import { redirect } from "next/navigation";
import { action } from "#lib/guard/action.ts";
import { launchRun } from "#lib/runs/launch-run.ts";
import { LaunchRun } from "#lib/runs/schema.ts";

export const launch = action({
  permission: "run.launch",
  maxBytes: 40_960,
  input: LaunchRun,
  handler: async ({ scope, input }) => {
    const { runId } = await launchRun(scope, input);
    redirect(`/runs/${runId}`);
  },
});
