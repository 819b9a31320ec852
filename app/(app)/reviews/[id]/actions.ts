"use server";

import { decideGate } from "#lib/gates/decide-gate.ts";
import { DecideGate } from "#lib/gates/schema.ts";
import { action } from "#lib/guard/action.ts";
import { rejectRun } from "#lib/runs/reject-run.ts";
import { RejectRun } from "#lib/runs/schema.ts";

const DONE: Record<string, string> = {
  open: "Your approval counts; another person's is needed.",
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
