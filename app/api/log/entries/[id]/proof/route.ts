import { z } from "zod";
import { tokenRoute } from "#lib/guard/token-route.ts";
import { openProof } from "#lib/log/export-proof.ts";
import { BUNDLE_TYPE } from "#lib/log/export-schema.ts";

/** One entry and the proof that it is in the log. */
export const GET = tokenRoute({
  permission: "log.view",
  bearers: ["access", "token"],
  maxBytes: 0,
  params: z.object({ id: z.string().max(100) }),
  handler: async ({ scope, params: { id } }) => ({
    texts: await openProof(scope, id),
    name: `proof-${id}.jsonl`,
    contentType: BUNDLE_TYPE,
  }),
});
