"use server";

import { redirect } from "next/navigation";
import { z } from "zod";
import { connectForge, endForge } from "#lib/forges/connect-forge.ts";
import { ConnectForge, EndForge } from "#lib/forges/connections/schema.ts";
import { action } from "#lib/guard/action.ts";
import { EndUpstreamKey, SetUpstreamKey } from "#lib/repositories/keys/schema.ts";
import { endUpstreamKey, setUpstreamKey } from "#lib/repositories/keys/service.ts";
import { AddRepository, LabelRepository } from "#lib/repositories/schema.ts";
import { addRepository, labelRepository, requestSync } from "#lib/repositories/service.ts";

export const add = action({
  permission: "repository.add",
  maxBytes: 8192,
  input: AddRepository,
  handler: async ({ scope, input }) => {
    await addRepository(scope, input);
    redirect("/repositories");
  },
});

export const label = action({
  permission: "repository.add",
  maxBytes: 4096,
  input: LabelRepository,
  handler: async ({ scope, input }) => {
    await labelRepository(scope, input);
    return { done: "Its labels are these now." };
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

export const connect = action({
  permission: "repository.add",
  maxBytes: 16_384,
  input: ConnectForge,
  handler: async ({ scope, input }) => {
    const { connectionId, hookSecret } = await connectForge(scope, input);
    return {
      done: `It is connected. To have GitHub call when something happens, add a webhook of this address with /api/forges/${connectionId} at its end, for pushes, pull requests, deployments and deployment statuses as JSON, with this secret, which is shown this once: ${hookSecret}`,
    };
  },
});

export const end = action({
  permission: "repository.add",
  maxBytes: 1024,
  input: EndForge,
  handler: async ({ scope, input }) => {
    await endForge(scope, input);
    return {
      done: "It is disconnected. Merges go by a plain push, and what waited on GitHub goes back into review.",
    };
  },
});

export const setKey = action({
  permission: "repository.add",
  maxBytes: 65_536,
  input: SetUpstreamKey,
  handler: async ({ scope, input }) => {
    const { publicKey } = await setUpstreamKey(scope, input);
    return {
      done: `It is pinned. Put this key on the host's list of deploy keys, and let it write where approved merges go there: ${publicKey}`,
    };
  },
});

export const endKey = action({
  permission: "repository.add",
  maxBytes: 1024,
  input: EndUpstreamKey,
  handler: async ({ scope, input }) => {
    await endUpstreamKey(scope, input);
    return { done: "The key is deleted. Nothing is fetched and nothing pushed until another one is set." };
  },
});
