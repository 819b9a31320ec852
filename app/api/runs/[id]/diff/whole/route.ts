import { z } from "zod";
import { route } from "#lib/guard/route.ts";
import { readInterdiffWhole } from "#lib/interdiff/shown-interdiff.ts";
import { readShownWhole } from "#lib/patches/shown-patch.ts";

/** All parts of a patch's text as the review page shows them, one after the other: what its search reads. */
export const GET = route({
  permission: "run.view",
  maxBytes: 0,
  params: z.object({ id: z.string().max(100) }),
  query: z.object({
    patch: z.string().max(100),
    /** An earlier patch: what changed since then. */
    since: z.string().max(100).optional(),
    version: z.string().max(100),
  }),
  handler: async ({ scope, params: { id }, query: { patch, since, version } }) => {
    const asked = { runId: id, patchId: patch, version };
    const text = await (since === undefined
      ? readShownWhole(scope, asked)
      : readInterdiffWhole(scope, { ...asked, since }));
    return new Response(text, {
      headers: {
        "content-type": "text/plain; charset=utf-8",
        "x-content-type-options": "nosniff",
        "cache-control": "private, no-store",
      },
    });
  },
});
