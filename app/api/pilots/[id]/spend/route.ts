import { z } from "zod";
import { route } from "#lib/guard/route.ts";
import { spendCsv } from "#lib/spend/csv.ts";
import { getSpend } from "#lib/spend/service.ts";
import { csvHeaders } from "#lib/text/csv.ts";

/** What the page of a pilot's spend shows, as CSV. */
export const GET = route({
  permission: "kpi.view",
  maxBytes: 0,
  params: z.object({ id: z.string().max(100) }),
  handler: async ({ scope, params: { id } }) =>
    new Response(spendCsv(await getSpend(scope, id)), { headers: csvHeaders(`spend-${id}.csv`) }),
});
