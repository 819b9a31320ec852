"use server";

import { redirect } from "next/navigation";
import { z } from "zod";
import { redeemLink } from "#lib/auth/links.ts";
import { safeNext } from "#lib/auth/rules.ts";
import { SignIn, UseLink } from "#lib/auth/schema.ts";
import { signOut as endOwnSession } from "#lib/auth/sessions.ts";
import { signIn as openSession } from "#lib/auth/sign-in.ts";
import { askPasskeyStep, takePasskeyStep, takeSecondStep } from "#lib/auth/steps/second-step.ts";
import { action } from "#lib/guard/action.ts";
import { dropSession, dropTicket, keepSession, keepTicket, keptTicket } from "#lib/guard/session-cookie.ts";
import { PasskeyStep } from "#lib/passkeys/schema.ts";
import { TakeStep } from "#lib/totp/schema.ts";

export const signIn = action({
  permission: "public",
  maxBytes: 8192,
  input: SignIn,
  handler: async ({ scope, input, visitor }) => {
    const opened = await openSession(scope, input, visitor);
    const next = safeNext(input.next);
    if ("ticket" in opened) {
      await keepTicket(opened.ticket);
      redirect(`/sign-in/second-step?next=${encodeURIComponent(next)}`);
    }
    await keepSession(opened);
    redirect(next);
  },
});

export const setPassword = action({
  permission: "public",
  maxBytes: 8192,
  input: UseLink,
  handler: async ({ scope, input, visitor }) => {
    const opened = await redeemLink(scope, input, visitor);
    if ("ticket" in opened) {
      await keepTicket(opened.ticket);
      redirect("/sign-in/second-step");
    }
    await keepSession(opened);
    redirect("/");
  },
});

export const secondStep = action({
  permission: "public",
  maxBytes: 4096,
  input: TakeStep,
  handler: async ({ scope, input: { code, next }, visitor }) => {
    await keepSession(await takeSecondStep(scope, { sealed: await keptTicket(), code, visitor }));
    await dropTicket();
    redirect(safeNext(next));
  },
});

export const askPasskey = action({
  permission: "public",
  maxBytes: 1024,
  input: z.object({}),
  handler: async ({ scope }) => askPasskeyStep(scope, await keptTicket()),
});

export const secondStepByPasskey = action({
  permission: "public",
  maxBytes: 16_384,
  input: PasskeyStep,
  handler: async ({ scope, input: { assertion, next }, visitor }) => {
    await keepSession(
      await takePasskeyStep(scope, { sealed: await keptTicket(), answer: assertion, visitor }),
    );
    await dropTicket();
    redirect(safeNext(next));
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
