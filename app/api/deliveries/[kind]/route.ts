import { z } from "zod";
import { reportRows } from "#lib/deliveries/imports/report-rows.ts";
import { ReportRows } from "#lib/deliveries/imports/schema.ts";
import { KIND_PATHS, ROW_KINDS } from "#lib/deliveries/rows/schema.ts";
import { notFound } from "#lib/errors.ts";
import { tokenRoute } from "#lib/guard/token-route.ts";

/** Rows of one kind, all of them or none. The same rows again change nothing, and later words about a row settle it. */
export const POST = tokenRoute({
  permission: "delivery.record",
  bearers: ["token"],
  maxBytes: 1024 * 1024,
  params: z.object({ kind: z.string().max(40) }),
  input: ReportRows,
  handler: async ({ scope, params, input }) => {
    const kind = ROW_KINDS.find((each) => KIND_PATHS[each] === params.kind);
    if (!kind) throw notFound("kind of row");
    return Response.json(await reportRows(scope, kind, input), { headers: { "cache-control": "no-store" } });
  },
});
