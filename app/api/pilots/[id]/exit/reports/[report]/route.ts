import { z } from "zod";
import { getReportBytes } from "#lib/exit-reviews/state-report.ts";
import { route } from "#lib/guard/route.ts";
import { getPilot } from "#lib/pilots/service.ts";

/** A report's bytes as they were handed in: never shown, only saved, under a name of ours. */
export const GET = route({
  permission: "pilot.view",
  maxBytes: 0,
  params: z.object({ id: z.string().max(100), report: z.string().max(100) }),
  handler: async ({ scope, params: { id, report } }) => {
    await getPilot(scope, id);
    const bytes = await getReportBytes(scope, id, report);
    return new Response(new Uint8Array(bytes), {
      headers: {
        "content-type": "application/octet-stream",
        "content-disposition": `attachment; filename="${report.replace(/\W/g, "")}.bin"`,
        "x-content-type-options": "nosniff",
        "cache-control": "no-store",
      },
    });
  },
});
