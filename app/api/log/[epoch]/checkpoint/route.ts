import { z } from "zod";
import { tokenRoute } from "#lib/guard/token-route.ts";
import { Epoch } from "#lib/log/export-schema.ts";
import { readCheckpoint } from "#lib/log/tiles.ts";

/** C2SP tlog-tiles: the newest signed head, for any client that follows the log. */
export const GET = tokenRoute({
  permission: "log.export",
  bearers: ["access", "token"],
  maxBytes: 0,
  params: z.object({ epoch: Epoch }),
  handler: async ({ params: { epoch } }) =>
    new Response(new Uint8Array(await readCheckpoint(epoch)), {
      headers: { "content-type": "text/plain; charset=utf-8", "cache-control": "private, no-cache" },
    }),
});
