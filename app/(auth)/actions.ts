"use server";

import { redirect } from "next/navigation";
import { z } from "zod";
import { redeemLink } from "#lib/auth/links.ts";
import { safeNext } from "#lib/auth/rules.ts";
import { SignIn, UseLink } from "#lib/auth/schema.ts";
import { signOut as endOwnSession } from "#lib/auth/sessions.ts";
import { signIn as openSession } from "#lib/auth/sign-in.ts";
import { action } from "#lib/guard/action.ts";
import { dropSession, keepSession } from "#lib/guard/session-cookie.ts";

export const signIn = action({
  permission: "public",
  maxBytes: 8192,
  input: SignIn,
  handler: async ({ scope, input, visitor }) => {
    await keepSession(await openSession(scope, input, visitor));
    redirect(safeNext(input.next));
  },
});

export const setPassword = action({
  permission: "public",
  maxBytes: 8192,
  input: UseLink,
  handler: async ({ scope, input, visitor }) => {
    await keepSession(await redeemLink(scope, input, visitor));
    redirect("/");
  },
});

export const signOut = action({
  permission: "public",
  maxBytes: 8192,
  input: z.unknown(),
  handler: async ({ scope }) => {
    await endOwnSession(scope);
    await dropSession();
    redirect("/sign-in");
  },
});
