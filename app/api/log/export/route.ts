import { z } from "zod";
import { tokenRoute } from "#lib/guard/token-route.ts";
import { startExport } from "#lib/log/export.ts";
import { Epoch } from "#lib/log/export-schema.ts";

/** Starts an export; the answer says where it is read. */
export const POST = tokenRoute({
  permission: "log.export",
  bearers: ["access", "token"],
  maxBytes: 0,
  query: z.strictObject({
    pilot: z.string().min(1).max(100).optional(),
    payloads: z.enum(["0", "1"]).default("0"),
    epoch: Epoch.optional(),
  }),
  handler: async ({ scope, reader, query: { pilot, payloads, epoch } }) => {
    const input = { pilotId: pilot, withBlobs: payloads === "1", epoch };
    const started = await startExport(scope, reader, input);
    const path = `/api/log/exports/${started.id}`;
    return Response.json(
      { ...started, path },
      { status: 201, headers: { location: path, "cache-control": "no-store" } },
    );
  },
});
