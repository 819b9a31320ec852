import { z } from "zod";
import { route } from "#lib/guard/route.ts";
import { hostsCsv } from "#lib/hosts/csv.ts";
import { listHosts } from "#lib/hosts/service.ts";
import { getPilot } from "#lib/pilots/service.ts";
import { maskValue } from "#lib/secrets/mask-value.ts";
import { csvHeaders } from "#lib/text/csv.ts";

/** What the page of hosts shows, as CSV. */
export const GET = route({
  permission: "pilot.view",
  maxBytes: 0,
  params: z.object({ id: z.string().max(100) }),
  handler: async ({ scope, params: { id } }) => {
    await getPilot(scope, id);
    const rows = await maskValue(await listHosts(scope, id));
    return new Response(hostsCsv(rows), { headers: csvHeaders(`hosts-${id}.csv`) });
  },
});
