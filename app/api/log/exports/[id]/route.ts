import { z } from "zod";
import { tokenRoute } from "#lib/guard/token-route.ts";
import { openExport } from "#lib/log/export.ts";
import { BUNDLE_TYPE, FromLine } from "#lib/log/export-schema.ts";

/** The lines of an export, from line `from` on. */
export const GET = tokenRoute({
  permission: "log.export",
  bearers: ["access", "token"],
  maxBytes: 0,
  params: z.object({ id: z.string().max(100) }),
  query: z.object({ from: FromLine }),
  handler: async ({ scope, reader, params: { id }, query: { from } }) => ({
    texts: await openExport(scope, reader, id, from),
    name: `${id}.jsonl`,
    contentType: BUNDLE_TYPE,
    etag: from === 0 ? id : `${id}-${from}`,
  }),
});
