import { z } from "zod";
import { evidenceEnvelope } from "#lib/evidence/sign-evidence.ts";
import { tokenRoute } from "#lib/guard/token-route.ts";

/** What the worker signed about one evidence of the run: a DSSE envelope. */
export const GET = tokenRoute({
  permission: "run.view",
  bearers: ["token"],
  maxBytes: 0,
  params: z.object({ id: z.string().max(100), evidence: z.string().max(100) }),
  query: z.object({}),
  handler: async ({ scope, params: { id, evidence } }) => ({
    texts: [await evidenceEnvelope(scope, id, evidence)],
    name: `evidence-${evidence}.jsonl`,
    contentType: "application/jsonl",
  }),
});
