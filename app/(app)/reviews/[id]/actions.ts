"use server";

import { BreakGlass } from "#lib/break-glass/schema.ts";
import { askGlassSignature, breakGlass } from "#lib/break-glass/service.ts";
import { decideGate } from "#lib/gates/decide-gate.ts";
import { AskSignature, DecideGate } from "#lib/gates/schema.ts";
import { action } from "#lib/guard/action.ts";
import { rejectRun } from "#lib/runs/reject-run.ts";
import { RejectRun } from "#lib/runs/schema.ts";

const DONE: Record<string, string> = {
  open: "What you decided counts; another person's word is needed.",
  approved: "Approved.",
  denied: "Denied.",
  void: "The base moved, or findings changed, meanwhile: the approval is void. Reload the page to see what is decided now.",
  expired: "The gate had expired.",
};

export const decide = action({
  permission: "gate.decide",
  maxBytes: 16_384,
  input: DecideGate,
  handler: async ({ scope, input }) => {
    const { status } = await decideGate(scope, input);
    return { done: DONE[status] ?? status };
  },
});

/** For a review whose evidence opened no gate. */
export const reject = action({
  permission: "gate.decide",
  maxBytes: 4096,
  input: RejectRun,
  handler: async ({ scope, input }) => {
    await rejectRun(scope, input);
    return { done: "The run is rejected." };
  },
});

/** Merges past the gate; whom the charter names is asked again in its transaction. */
export const smash = action({
  permission: "gate.decide",
  maxBytes: 16_384,
  input: BreakGlass,
  handler: async ({ scope, input }) => {
    await breakGlass(scope, input);
    return { done: "It merges now. Every lead is told, and another lead has to review it." };
  },
});

/** What a passkey is asked to sign before the glass is broken, where a charter wants merges signed. */
export const signSmash = action({
  permission: "gate.decide",
  maxBytes: 1024,
  input: AskSignature,
  handler: ({ scope, input }) => askGlassSignature(scope, input),
});
