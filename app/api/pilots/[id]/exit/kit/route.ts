import { z } from "zod";
import { handOutKit } from "#lib/exit-reviews/kit/make-kit.ts";
import { route } from "#lib/guard/route.ts";

/** What an independent reviewer works with, as a tar archive. */
export const GET = route({
  permission: "exit.report",
  maxBytes: 0,
  params: z.object({ id: z.string().max(100) }),
  handler: async ({ scope, params: { id } }) => {
    const { bytes } = await handOutKit(scope, id);
    return new Response(new Uint8Array(bytes), {
      headers: {
        "content-type": "application/x-tar",
        "content-disposition": `attachment; filename="review-kit-${id.replace(/\W/g, "")}.tar"`,
        "cache-control": "no-store",
      },
    });
  },
});
