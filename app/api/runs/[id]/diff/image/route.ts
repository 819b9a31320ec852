import { z } from "zod";
import { route } from "#lib/guard/route.ts";
import { readShownImage } from "#lib/patches/shown-image.ts";

/** One side of a picture that a patch changes. What the agent handed in is drawn inside our page and is nothing anywhere else. */
export const GET = route({
  permission: "run.view",
  maxBytes: 0,
  params: z.object({ id: z.string().max(100) }),
  query: z.object({
    patch: z.string().max(100),
    file: z.coerce.number().int().min(0),
    side: z.enum(["before", "after"]),
    sha256: z.string().regex(/^[0-9a-f]{64}$/),
  }),
  handler: async ({ scope, params: { id }, query: { patch, ...asked } }) => {
    const { kind, bytes } = await readShownImage(scope, { runId: id, patchId: patch, ...asked });
    return new Response(new Uint8Array(bytes), {
      headers: {
        "content-type": `image/${kind}`,
        "content-disposition": `attachment; filename="${asked.side}.${kind}"`,
        "content-security-policy": "sandbox; default-src 'none'",
        "cross-origin-resource-policy": "same-origin",
        "x-content-type-options": "nosniff",
        "cache-control": "private, no-store",
      },
    });
  },
});
