import { controlsCsv } from "#lib/controls/csv-rules.ts";
import { ControlFilter } from "#lib/controls/schema.ts";
import { listControls } from "#lib/controls/service.ts";
import { route } from "#lib/guard/route.ts";
import { csvHeaders } from "#lib/text/csv.ts";

/** What /controls shows, a line for each row of a framework. */
export const GET = route({
  permission: "control.view",
  maxBytes: 0,
  query: ControlFilter,
  handler: async ({ scope, query: { framework } }) => {
    const { controls } = await listControls(scope);
    return new Response(controlsCsv(controls, framework ?? null), {
      headers: csvHeaders("controls.csv"),
    });
  },
});
