"use server";

import { revalidatePath } from "next/cache";
import { redirect } from "next/navigation";
import { z } from "zod";
import { askExit } from "#lib/exit-reviews/ask-exit.ts";
import { draftNextCharter } from "#lib/exit-reviews/next-charter.ts";
import { AskExit, StateReport, UploadReport } from "#lib/exit-reviews/schema.ts";
import { stateReport } from "#lib/exit-reviews/state-report.ts";
import { action } from "#lib/guard/action.ts";

export const ask = action({
  permission: "pilot.amend",
  maxBytes: 8192,
  input: AskExit,
  handler: async ({ scope, input }) => {
    await askExit(scope, input);
    revalidatePath(`/pilots/${input.pilotId}/exit`);
    return { done: "It is in the inbox; two people have to sign." };
  },
});

export const upload = action({
  permission: "exit.report",
  maxBytes: 1_000_000,
  input: UploadReport,
  handler: async ({ scope, input: { file, ...report } }) => {
    await stateReport(scope, { ...report, contents: Buffer.from(file, "base64") });
    revalidatePath(`/pilots/${report.pilotId}/exit`);
    return { done: "It is stated, and its digest stands in the log." };
  },
});

export const state = action({
  permission: "exit.report",
  maxBytes: 8192,
  input: StateReport,
  handler: async ({ scope, input }) => {
    await stateReport(scope, { ...input, contents: null });
    revalidatePath(`/pilots/${input.pilotId}/exit`);
    return { done: "It is stated, and its digest stands in the log." };
  },
});

export const draftNext = action({
  permission: "pilot.create",
  maxBytes: 1024,
  input: z.object({ pilotId: z.string().min(1).max(100) }),
  handler: async ({ scope, input }) => {
    const { draftId } = await draftNextCharter(scope, input.pilotId);
    redirect(`/pilots/new?draft=${draftId}`);
  },
});
