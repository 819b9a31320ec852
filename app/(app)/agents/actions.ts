"use server";

import { revalidatePath } from "next/cache";
import { AgentSettings, CreateAgent } from "#lib/agents/schema.ts";
import { createAgent } from "#lib/agents/service.ts";
import { action } from "#lib/guard/action.ts";

export const add = action({
  permission: "agent.create",
  maxBytes: 4096,
  input: CreateAgent.omit({ settings: true }).extend(AgentSettings.shape),
  handler: async ({ scope, input: { name, driver, providerId, model, ...settings } }) => {
    await createAgent(scope, { name, driver, providerId, model, settings });
    revalidatePath("/agents");
    return { done: "The agent is there." };
  },
});
