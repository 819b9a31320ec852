import { z } from "zod";
import { getReceipt } from "#lib/closings/service.ts";
import { route } from "#lib/guard/route.ts";
import { getPilot } from "#lib/pilots/service.ts";

/** What the worker signed as the pilot was closed: one DSSE envelope. */
export const GET = route({
  permission: "pilot.view",
  maxBytes: 0,
  params: z.object({ id: z.string().max(100) }),
  handler: async ({ scope, params: { id } }) => {
    await getPilot(scope, id);
    return new Response(await getReceipt(scope, id), {
      headers: {
        "content-type": "application/jsonl; charset=utf-8",
        "content-disposition": `attachment; filename="receipt-${id.replace(/\W/g, "")}.jsonl"`,
        "cache-control": "no-store",
      },
    });
  },
});
