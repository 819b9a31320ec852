import { z } from "zod";
import { route } from "#lib/guard/route.ts";
import { readInterdiffPart } from "#lib/interdiff/shown-interdiff.ts";
import { readShownPart } from "#lib/patches/shown-patch.ts";

/** One part of a patch's text as the review page shows it. Its text is named by digest, so another text is never sent. */
export const GET = route({
  permission: "run.view",
  maxBytes: 0,
  params: z.object({ id: z.string().max(100) }),
  query: z.object({
    patch: z.string().max(100),
    /** An earlier patch: what changed since then. */
    since: z.string().max(100).optional(),
    file: z.coerce.number().int().min(0),
    part: z.coerce.number().int().min(0),
    sha256: z.string().regex(/^[0-9a-f]{64}$/),
  }),
  handler: async ({ scope, params: { id }, query: { patch, since, ...part } }) => {
    const asked = { runId: id, patchId: patch, ...part };
    const text = await (since === undefined
      ? readShownPart(scope, asked)
      : readInterdiffPart(scope, { ...asked, since }));
    return new Response(text, {
      headers: {
        "content-type": "text/plain; charset=utf-8",
        "x-content-type-options": "nosniff",
        "cache-control": "private, no-store",
      },
    });
  },
});
