"use server";

import { action } from "#lib/guard/action.ts";
import { orderRedaction } from "#lib/redactions/order-redaction.ts";
import { OrderRedaction, ShowPayload } from "#lib/redactions/schema.ts";
import { showPayload } from "#lib/redactions/show-payload.ts";

export const order = action({
  permission: "payload.redact",
  maxBytes: 64 * 1024,
  input: OrderRedaction,
  handler: async ({ scope, input }) => {
    await orderRedaction(scope, input);
    return {
      done: "Ordered. The worker takes it away within seconds; this page then lists what it reached.",
    };
  },
});

export const show = action({
  permission: "payload.unmask",
  maxBytes: 4096,
  input: ShowPayload,
  handler: ({ scope, input }) => showPayload(scope, input),
});
