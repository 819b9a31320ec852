"use server";

import { revalidatePath } from "next/cache";
import { z } from "zod";
import { action } from "#lib/guard/action.ts";
import { startExport } from "#lib/log/export.ts";
import { Epoch } from "#lib/log/export-schema.ts";
import { GiveAccess } from "#lib/log-access/schema.ts";
import { giveAccess, withdrawAccess } from "#lib/log-access/service.ts";

const Payloads = z.literal("yes").optional();
const PilotId = z.string().max(100);

export const give = action({
  permission: "log.access",
  maxBytes: 2048,
  input: z.object({
    label: GiveAccess.shape.label,
    pilotId: PilotId,
    days: GiveAccess.shape.days,
    payloads: Payloads,
  }),
  handler: async ({ scope, input: { label, pilotId, days, payloads } }) => {
    const wanted = { label, days, pilotId: pilotId === "" ? null : pilotId, withBlobs: payloads === "yes" };
    const { token } = await giveAccess(scope, wanted);
    return { done: token };
  },
});

export const withdraw = action({
  permission: "log.access",
  maxBytes: 1024,
  input: z.object({ accessId: z.string().max(100) }),
  handler: async ({ scope, input }) => {
    await withdrawAccess(scope, input.accessId);
    revalidatePath("/log/access");
    return { done: "The access is withdrawn." };
  },
});

export const start = action({
  permission: "log.export",
  maxBytes: 1024,
  input: z.object({ pilotId: PilotId, payloads: Payloads, epoch: Epoch.optional() }),
  handler: async ({ scope, session, input: { pilotId, payloads, epoch } }) => {
    const reader = { kind: "person", personId: session?.person.id ?? "" } as const;
    const wanted = { ...(pilotId === "" ? {} : { pilotId }), withBlobs: payloads === "yes", epoch };
    const { size, epoch: pinned } = await startExport(scope, reader, wanted);
    revalidatePath("/log/access");
    const of = epoch === undefined ? "" : ` of epoch ${pinned}`;
    return { done: `Pinned to ${size.toLocaleString("en")} entries${of}. It is in the list.` };
  },
});
