"use server";

import { redirect } from "next/navigation";
import { z } from "zod";
import { BriefSpan, ChooseView } from "#lib/briefs/schema.ts";
import { chooseView } from "#lib/briefs/service.ts";
import { action } from "#lib/guard/action.ts";
import { cancelRun } from "#lib/runs/cancel-run.ts";
import { pullStop } from "#lib/stops/pull-stop.ts";

const Target = z.string().regex(/^(everything|(run|pilot):\w+)$/, "Choose what to stop.");

/** The red button: one run is cancelled, a pilot or everything is stopped until a gate lifts it. */
export const stop = action({
  permission: "stop.pull",
  maxBytes: 4096,
  input: z.object({
    scope: Target,
    reason: z.string().trim().max(500, "At most 500 characters.").default(""),
  }),
  handler: async ({ scope, input: { scope: target, reason } }) => {
    const [noun, id = ""] = target.split(":");
    if (noun === "run") {
      await cancelRun(scope, { runId: id, reason: reason === "" ? "Stopped by hand" : reason });
      return { done: "The run is stopped." };
    }
    const { runsStopped } = await pullStop(
      scope,
      noun === "pilot" ? { scope: "pilot", pilotId: id, reason } : { scope: "everything", reason },
    );
    return {
      done: `Stopped. ${runsStopped === 1 ? "1 run was" : `${runsStopped} runs were`} taken from their sandboxes.`,
    };
  },
});

/** The home page of another of the person's roles, and from now on the first they see. */
export const choose = action({
  permission: "run.view",
  maxBytes: 1024,
  input: ChooseView.extend({ since: BriefSpan.catch("work") }),
  handler: async ({ scope, input: { view, since } }) => {
    await chooseView(scope, view);
    redirect(`/?view=${view}&since=${since}`);
  },
});
