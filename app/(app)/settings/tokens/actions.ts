"use server";

import { revalidatePath } from "next/cache";
import { z } from "zod";
import { changeOwner, makeAccount } from "#lib/api-tokens/accounts.ts";
import { ChangeOwner, MakeAccount, MakeToken } from "#lib/api-tokens/schema.ts";
import { makeToken, revokeToken } from "#lib/api-tokens/service.ts";
import { action } from "#lib/guard/action.ts";

const PATH = "/settings/tokens";
const { label, permissions, days } = MakeToken.shape;

export const make = action({
  permission: "token.make",
  maxBytes: 4096,
  input: z.strictObject({
    ...{ label, permissions, days },
    accountId: z.string().max(100),
    pilotId: z.string().max(100),
  }),
  handler: async ({ scope, input: { accountId, pilotId, ...input } }) => {
    const { token } = await makeToken(scope, {
      ...input,
      accountId: accountId === "" ? null : accountId,
      pilotIds: pilotId === "" ? null : [pilotId],
    });
    return { done: token };
  },
});

export const revoke = action({
  permission: "token.make",
  maxBytes: 1024,
  input: z.strictObject({ tokenId: z.string().min(1).max(100) }),
  handler: async ({ scope, input }) => {
    await revokeToken(scope, input.tokenId);
    revalidatePath(PATH);
    return { done: "The token is revoked." };
  },
});

export const addAccount = action({
  permission: "account.make",
  maxBytes: 2048,
  input: MakeAccount,
  handler: async ({ scope, input }) => {
    await makeAccount(scope, input);
    revalidatePath(PATH);
    return { done: "The service account is made. Give it a role before it gets a token." };
  },
});

export const giveAccount = action({
  permission: "account.make",
  maxBytes: 1024,
  input: ChangeOwner,
  handler: async ({ scope, input }) => {
    await changeOwner(scope, input);
    revalidatePath(PATH);
    return { done: "They answer for it from now on. Its tokens ended; they make new ones." };
  },
});
