"use server";

import { redirect } from "next/navigation";
import { z } from "zod";
import { action } from "#lib/guard/action.ts";
import { AddRepository } from "#lib/repositories/schema.ts";
import { addRepository, requestSync } from "#lib/repositories/service.ts";

export const add = action({
  permission: "repository.add",
  maxBytes: 8192,
  input: AddRepository,
  handler: async ({ scope, input }) => {
    await addRepository(scope, input);
    redirect("/repositories");
  },
});

export const sync = action({
  permission: "repository.sync",
  maxBytes: 1024,
  input: z.object({ repositoryId: z.string().max(100) }),
  handler: async ({ scope, input }) => {
    await requestSync(scope, input.repositoryId);
    return { done: "The worker looks again." };
  },
});
