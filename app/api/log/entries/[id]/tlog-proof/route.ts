import { z } from "zod";
import { tokenRoute } from "#lib/guard/token-route.ts";
import { getProofFile } from "#lib/log/proof-file.ts";

/** The proof in the common format of such logs; the entry itself is what it is a proof of. */
export const GET = tokenRoute({
  permission: "log.view",
  bearers: ["access", "token"],
  maxBytes: 0,
  params: z.object({ id: z.string().regex(/^ent_[0-9a-z]{1,80}$/) }),
  handler: async ({ scope, params: { id } }) =>
    new Response(await getProofFile(scope, id), {
      headers: {
        "content-type": "text/plain; charset=utf-8",
        "content-disposition": `attachment; filename="${id}.tlog-proof"`,
        "cache-control": "no-store",
        "x-content-type-options": "nosniff",
      },
    }),
});
