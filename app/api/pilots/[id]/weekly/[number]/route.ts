import { z } from "zod";
import { route } from "#lib/guard/route.ts";
import { weekAsMarkdown, weekAsPdf } from "#lib/weekly-reviews/paper/service.ts";

const TYPES = { md: "text/markdown; charset=utf-8", pdf: "application/pdf" } as const;

/** A weekly pack as Markdown, or printed. */
export const GET = route({
  permission: "kpi.view",
  maxBytes: 0,
  params: z.object({ id: z.string().max(100), number: z.coerce.number().int().min(1).max(9999) }),
  query: z.object({ format: z.enum(["md", "pdf"]).default("md") }),
  handler: async ({ scope, params: { id, number }, query: { format } }) => {
    const body =
      format === "md"
        ? await weekAsMarkdown(scope, id, number)
        : new Uint8Array(await weekAsPdf(scope, id, number));
    const name = `week-${number}-${id.replaceAll(/[^\w-]/g, "")}.${format}`;
    return new Response(body, {
      headers: {
        "content-type": TYPES[format],
        "content-disposition": `attachment; filename="${name}"`,
        "cache-control": "no-store",
      },
    });
  },
});
