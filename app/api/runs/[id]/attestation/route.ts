import { z } from "zod";
import { attestationLines } from "#lib/attestations/service.ts";
import { tokenRoute } from "#lib/guard/token-route.ts";

/** What the worker signed about the run's merge: one DSSE envelope a line. */
export const GET = tokenRoute({
  permission: "run.view",
  bearers: ["token"],
  maxBytes: 0,
  params: z.object({ id: z.string().max(100) }),
  query: z.object({}),
  handler: async ({ scope, params: { id } }) => {
    const lines = await attestationLines(scope, id);
    return { texts: [lines], name: `attestation-${id}.jsonl`, contentType: "application/jsonl" };
  },
});
