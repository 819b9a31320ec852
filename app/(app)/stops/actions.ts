"use server";

import { StartDrill } from "#lib/drills/schema.ts";
import { startDrill } from "#lib/drills/start-drill.ts";
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

export const practise = action({
  permission: "drill.start",
  maxBytes: 1024,
  input: StartDrill,
  handler: async ({ scope, input }) => {
    const { runs } = await startDrill(scope, input);
    return { done: `${runs} ${runs === 1 ? "run waits" : "runs wait"} for a runner.` };
  },
});
