"use server";

import { revalidatePath } from "next/cache";
import { changePassword } from "#lib/auth/change-password.ts";
import { ChangePassword } from "#lib/auth/schema.ts";
import { giveUpTotp } from "#lib/auth/steps/second-step.ts";
import { action } from "#lib/guard/action.ts";
import { ConfirmTotp, OneCode, OneHolder } from "#lib/totp/schema.ts";
import { confirmTotp, takeTotpFrom } from "#lib/totp/service.ts";

const KEEP =
  "One-time codes are set up. Keep these recovery codes where you find them without your device: each lets you in once, and they are not shown again.";

/** The page stays as it is, so that the recovery codes stand there until they were kept. */
export const confirm = action({
  permission: "signed_in",
  maxBytes: 4096,
  input: ConfirmTotp,
  handler: async ({ scope, input }) => ({ done: [KEEP, ...(await confirmTotp(scope, input))].join("\n") }),
});

export const remove = action({
  permission: "signed_in",
  maxBytes: 1024,
  input: OneCode,
  handler: async ({ scope, input: { code }, visitor }) => {
    await giveUpTotp(scope, code, visitor);
    revalidatePath("/settings/sign-in");
    return { done: "The codes are taken away. Your password alone lets you in." };
  },
});

export const take = action({
  permission: "person.manage",
  maxBytes: 1024,
  input: OneHolder,
  handler: async ({ scope, input: { personId } }) => {
    await takeTotpFrom(scope, personId);
    revalidatePath("/settings/sign-in");
    return { done: "The codes are taken away; the password alone lets them in." };
  },
});

export const change = action({
  permission: "signed_in",
  maxBytes: 8192,
  input: ChangePassword,
  handler: async ({ scope, input, visitor }) => {
    const ended = await changePassword(scope, input, visitor);
    return {
      done: ended === 0 ? "The password is changed." : "The password is changed; your other sessions ended.",
    };
  },
});
