"use server";

import { revalidatePath } from "next/cache";
import { action } from "#lib/guard/action.ts";
import { setFix, setHour } from "#lib/spend/rates.ts";
import { SetFix, SetHour } from "#lib/spend/written.ts";

export const writeFix = action({
  permission: "price.set",
  maxBytes: 4096,
  input: SetFix,
  handler: async ({ scope, input }) => {
    await setFix(scope, input);
    revalidatePath(`/pilots/${input.pilotId}/spend`);
    return { done: "It is written down." };
  },
});

export const writeHour = action({
  permission: "price.set",
  maxBytes: 4096,
  input: SetHour,
  handler: async ({ scope, input }) => {
    await setHour(scope, input);
    revalidatePath(`/pilots/${input.pilotId}/spend`);
    return { done: "It is written down." };
  },
});
