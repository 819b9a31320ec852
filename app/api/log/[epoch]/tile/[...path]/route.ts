import { z } from "zod";
import { tokenRoute } from "#lib/guard/token-route.ts";
import { Epoch } from "#lib/log/export-schema.ts";
import { openTile } from "#lib/log/tiles.ts";

/** C2SP tlog-tiles: hashes and entries. What has a name never changes, so whoever has it may keep it. */
export const GET = tokenRoute({
  permission: "log.export",
  bearers: ["access", "token"],
  maxBytes: 0,
  params: z.object({ epoch: Epoch, path: z.array(z.string().max(20)).max(12) }),
  handler: async ({ scope, params: { epoch, path } }) =>
    new Response(new Uint8Array(await openTile(scope, epoch, `tile/${path.join("/")}`)), {
      headers: {
        "content-type": "application/octet-stream",
        "cache-control": "private, max-age=31536000, immutable",
      },
    }),
});
