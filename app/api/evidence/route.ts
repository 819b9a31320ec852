import { tokenRoute } from "#lib/guard/token-route.ts";
import { reportCheck } from "#lib/outside-checks/report-check.ts";
import { MOST_REPORT_CHARACTERS, ReportCheck } from "#lib/outside-checks/schema.ts";

/** What a check of somebody else's found about a patch. The same words again are the same report. */
export const POST = tokenRoute({
  permission: "evidence.report",
  bearers: ["token"],
  // Every character of a report may take several bytes, escaped as JSON.
  maxBytes: 3 * MOST_REPORT_CHARACTERS,
  input: ReportCheck,
  handler: async ({ scope, input }) =>
    Response.json(await reportCheck(scope, input), {
      status: 201,
      headers: { "cache-control": "no-store" },
    }),
});
