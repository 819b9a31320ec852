"use server";

import { revalidatePath } from "next/cache";
import { redirect } from "next/navigation";
import { z } from "zod";
import { askAmendment } from "#lib/charters/ask-amendment.ts";
import { AskAmendment } from "#lib/charters/schema.ts";
import { DiscardDraft, SaveDraft } from "#lib/drafts/schema.ts";
import { discardDraft, saveDraft } from "#lib/drafts/service.ts";
import { badInput } from "#lib/errors.ts";
import { action } from "#lib/guard/action.ts";
import { askActivation, askResume } from "#lib/pilots/ask-activation.ts";
import { completePilot } from "#lib/pilots/complete-pilot.ts";
import { parseCharterForm, parseNewPilotForm } from "#lib/pilots/form.ts";
import { CompletePilot, PausePilot } from "#lib/pilots/schema.ts";
import { pausePilot } from "#lib/pilots/service.ts";
import { createPilot, writeCharter } from "#lib/pilots/write-charter.ts";
import { SetRetention } from "#lib/retention/schema.ts";
import { setRetention } from "#lib/retention/service.ts";
import { flatValues } from "./form-values.ts";

const CHARTER_BYTES = 256 * 1024;
const WRONG = "Some fields need a change; each says what.";

/** The form's own draft, which is over once its charter is written; nothing where it names none. */
const draftOf = (input: unknown): string => {
  const { draftId } = flatValues(input);
  return typeof draftId === "string" ? draftId : "";
};

export const create = action({
  permission: "pilot.create",
  maxBytes: CHARTER_BYTES,
  input: z.unknown(),
  handler: async ({ scope, input }) => {
    const form = parseNewPilotForm(flatValues(input));
    if (!form.ok) throw badInput(WRONG, form.fields);
    const { pilotId } = await createPilot(scope, form.value);
    await discardDraft(scope, draftOf(input));
    redirect(`/pilots/${pilotId}`);
  },
});

export const amend = action({
  permission: "pilot.amend",
  maxBytes: CHARTER_BYTES,
  input: z.looseObject({ pilotId: z.string().max(100) }),
  handler: async ({ scope, input }) => {
    const form = parseCharterForm(flatValues(input));
    if (!form.ok) throw badInput(WRONG, form.fields);
    await writeCharter(scope, { pilotId: input.pilotId, charter: form.value });
    await discardDraft(scope, draftOf(input));
    redirect(`/pilots/${input.pilotId}?tab=charter`);
  },
});

export const askForAmendment = action({
  permission: "pilot.amend",
  maxBytes: 4096,
  input: AskAmendment,
  handler: async ({ scope, input }) => {
    await askAmendment(scope, input);
    return { done: "It is in the inbox; others have to agree." };
  },
});

export const activate = action({
  permission: "pilot.amend",
  maxBytes: 4096,
  input: z.object({ pilotId: z.string().max(100) }),
  handler: async ({ scope, input }) => {
    await askActivation(scope, input.pilotId);
    return { done: "It is in the inbox; another lead has to agree." };
  },
});

export const resume = action({
  permission: "pilot.amend",
  maxBytes: 4096,
  input: PausePilot,
  handler: async ({ scope, input }) => {
    await askResume(scope, input);
    return { done: "It is in the inbox; another lead has to agree." };
  },
});

export const pause = action({
  permission: "pilot.pause",
  maxBytes: 4096,
  input: PausePilot,
  handler: async ({ scope, input }) => {
    await pausePilot(scope, input);
    return { done: "The pilot is paused." };
  },
});

export const complete = action({
  permission: "pilot.amend",
  maxBytes: 16_384,
  input: CompletePilot,
  handler: async ({ scope, input }) => {
    await completePilot(scope, input);
    return { done: "The pilot is complete." };
  },
});

export const keep = action({
  permission: "retention.set",
  maxBytes: 4096,
  input: SetRetention,
  handler: async ({ scope, input }) => {
    await setRetention(scope, input);
    return { done: "Saved." };
  },
});

export const keepDraft = action({
  permission: "pilot.amend",
  maxBytes: CHARTER_BYTES,
  input: SaveDraft,
  handler: ({ scope, input }) => saveDraft(scope, input),
});

export const throwAwayDraft = action({
  permission: "pilot.amend",
  maxBytes: 4096,
  input: DiscardDraft,
  handler: async ({ scope, input }) => {
    await discardDraft(scope, input.id);
    revalidatePath("/pilots", "layout");
    return { done: "Discarded." };
  },
});
