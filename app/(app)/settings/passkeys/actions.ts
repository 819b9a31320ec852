"use server";

import { revalidatePath } from "next/cache";
import { z } from "zod";
import { AskSignature } from "#lib/gates/schema.ts";
import { askSignature } from "#lib/gates/step-up.ts";
import { action } from "#lib/guard/action.ts";
import { confirmPasskey } from "#lib/passkeys/confirm-passkey.ts";
import { askEnrolment, enrolPasskey } from "#lib/passkeys/enrol-passkey.ts";
import { removePasskey } from "#lib/passkeys/remove-passkey.ts";
import { ConfirmPasskey, EnrolPasskey, OnePasskey } from "#lib/passkeys/schema.ts";

const PAGE = "/settings/passkeys";

export const ask = action({
  permission: "passkey.enrol",
  maxBytes: 1024,
  input: z.object({}),
  handler: async ({ scope }) => ({ options: await askEnrolment(scope) }),
});

export const enrol = action({
  permission: "passkey.enrol",
  maxBytes: 32_768,
  input: EnrolPasskey,
  handler: async ({ scope, input }) => {
    await enrolPasskey(scope, input);
    revalidatePath(PAGE);
    return { done: "The passkey is enrolled. It counts once somebody else has confirmed it." };
  },
});

export const confirm = action({
  permission: "passkey.confirm",
  maxBytes: 1024,
  input: ConfirmPasskey,
  handler: async ({ scope, input }) => {
    await confirmPasskey(scope, input);
    revalidatePath(PAGE);
    return { done: "Confirmed." };
  },
});

/** One's own, or as somebody who may confirm. */
export const remove = action({
  permission: "passkey.enrol",
  maxBytes: 1024,
  input: OnePasskey,
  handler: async ({ scope, input: { passkeyId } }) => {
    await removePasskey(scope, passkeyId);
    revalidatePath(PAGE);
    return { done: "Removed." };
  },
});

/** What a passkey is asked to sign before its owner may approve. */
export const sign = action({
  permission: "gate.decide",
  maxBytes: 1024,
  input: AskSignature,
  handler: ({ scope, input }) => askSignature(scope, input),
});
