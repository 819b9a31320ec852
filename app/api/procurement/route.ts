import { z } from "zod";
import { route } from "#lib/guard/route.ts";
import { sheetCsv, sheetMarkdown } from "#lib/procurement/export-rules.ts";
import { getSheet } from "#lib/procurement/service.ts";
import { maskValue } from "#lib/secrets/mask-value.ts";
import { csvHeaders } from "#lib/text/csv.ts";
import { markdownHeaders } from "#lib/text/markdown.ts";

/** The sheet as a file. */
export const GET = route({
  permission: "agent.view",
  maxBytes: 0,
  query: z.object({ format: z.enum(["csv", "md"]).default("csv") }),
  handler: async ({ scope, query: { format } }) => {
    const sheet = await maskValue(await getSheet(scope));
    return format === "csv"
      ? new Response(sheetCsv(sheet), { headers: csvHeaders("procurement.csv") })
      : new Response(sheetMarkdown(sheet), { headers: markdownHeaders("procurement.md") });
  },
});
