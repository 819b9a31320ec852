import { Readable } from "node:stream";
import { z } from "zod";
import { openHandedLog } from "#lib/closings/service.ts";
import { route } from "#lib/guard/route.ts";
import { getPilot } from "#lib/pilots/service.ts";

/** The bundle whose digest stands in the receipt of the closed pilot. */
export const GET = route({
  permission: "log.export",
  maxBytes: 0,
  params: z.object({ id: z.string().max(100) }),
  handler: async ({ scope, params: { id } }) => {
    await getPilot(scope, id);
    const lines = Readable.from(await openHandedLog(scope, id));
    return new Response(Readable.toWeb(lines) as ReadableStream<Uint8Array>, {
      headers: {
        "content-type": "application/jsonl; charset=utf-8",
        "content-disposition": `attachment; filename="log-${id.replace(/\W/g, "")}.jsonl"`,
        "cache-control": "no-store",
      },
    });
  },
});
