"use server";

import { revalidatePath } from "next/cache";
import { redirect } from "next/navigation";
import { z } from "zod";
import { action } from "#lib/guard/action.ts";
import { WrittenRates } from "#lib/prices/dollars.ts";
import { SetPrice } from "#lib/prices/schema.ts";
import { setPrice } from "#lib/prices/service.ts";
import { askTest, retireKey, setKey } from "#lib/providers/keys.ts";
import {
  AskTest,
  CreateProvider,
  DisableProvider,
  ProviderSettings,
  RetireKey,
  SetKey,
} from "#lib/providers/schema.ts";
import { createProvider, disableProvider } from "#lib/providers/service.ts";

/** A field left empty is a setting left out. */
const written = <S extends z.ZodType>(schema: S) =>
  z.preprocess((value) => (value === "" ? undefined : value), schema);
const { apiVersion, organization, project } = ProviderSettings.shape;

export const add = action({
  permission: "provider.manage",
  maxBytes: 4096,
  input: CreateProvider.omit({ settings: true }).extend({
    apiVersion: written(apiVersion),
    organization: written(organization),
    project: written(project),
  }),
  handler: async ({ scope, input: { name, kind, baseUrl, ...settings } }) => {
    const { providerId } = await createProvider(scope, { name, kind, baseUrl, settings });
    redirect(`/providers/${providerId}`);
  },
});

export const keep = action({
  permission: "provider.manage",
  maxBytes: 4096,
  input: SetKey,
  handler: async ({ scope, input }) => {
    const { keyId } = await setKey(scope, input);
    await askTest(scope, { providerId: input.providerId, keyId });
    revalidatePath(`/providers/${input.providerId}`);
    return { done: "The key is sealed, and the gateway tries it." };
  },
});

export const retire = action({
  permission: "provider.manage",
  maxBytes: 1024,
  input: RetireKey,
  handler: async ({ scope, input }) => {
    await retireKey(scope, input);
    revalidatePath(`/providers/${input.providerId}`);
    return { done: "The key is retired." };
  },
});

export const tryOut = action({
  permission: "provider.manage",
  maxBytes: 1024,
  input: AskTest,
  handler: async ({ scope, input }) => {
    await askTest(scope, input);
    revalidatePath(`/providers/${input.providerId}`);
    return { done: "The gateway tries it." };
  },
});

export const disable = action({
  permission: "provider.manage",
  maxBytes: 1024,
  input: DisableProvider,
  handler: async ({ scope, input }) => {
    await disableProvider(scope, input.providerId);
    revalidatePath(`/providers/${input.providerId}`);
    return { done: "The provider is switched off." };
  },
});

export const price = action({
  permission: "price.set",
  maxBytes: 4096,
  input: z.intersection(SetPrice.omit({ rates: true }), WrittenRates),
  handler: async ({ scope, input: { providerId, model, replaces, ...rates } }) => {
    await setPrice(scope, { providerId, model, replaces, rates });
    revalidatePath(`/providers/${providerId}`);
    return { done: "The price is set." };
  },
});
