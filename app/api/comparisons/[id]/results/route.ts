import { z } from "zod";
import { linesOf, resultsCsv, resultsMarkdown } from "#lib/comparisons/export-rules.ts";
import { getResults } from "#lib/comparisons/service.ts";
import { route } from "#lib/guard/route.ts";
import { maskValue } from "#lib/secrets/mask-value.ts";
import { csvHeaders } from "#lib/text/csv.ts";
import { markdownHeaders } from "#lib/text/markdown.ts";

/** What a comparison came to, as a file. Who judges it gets none before it is closed. */
export const GET = route({
  permission: "run.view",
  maxBytes: 0,
  params: z.object({ id: z.string().min(1).max(100) }),
  query: z.object({ format: z.enum(["csv", "json", "md"]).default("json") }),
  handler: async ({ scope, params: { id }, query: { format } }) => {
    const { comparison, results, attempts } = await maskValue(await getResults(scope, id));
    switch (format) {
      case "csv":
        return new Response(resultsCsv(results), { headers: csvHeaders(`${id}.csv`) });
      case "md":
        return new Response(resultsMarkdown(comparison, results), { headers: markdownHeaders(`${id}.md`) });
      case "json":
        return { comparison, lines: linesOf(results), pairs: results.pairs, attempts };
    }
  },
});
