import { z } from "zod";
import { boardCsv, rowsCsv } from "#lib/boards/csv.ts";
import { BoardFileQuery } from "#lib/boards/schema.ts";
import { getBoard, listBoardRows } from "#lib/boards/service.ts";
import { route } from "#lib/guard/route.ts";
import { maskValue } from "#lib/secrets/mask-value.ts";
import { csvHeaders } from "#lib/text/csv.ts";

/** What the page of numbers shows, or the rows behind one of them, as CSV or JSON. */
export const GET = route({
  permission: "kpi.view",
  maxBytes: 0,
  params: z.object({ id: z.string().max(100) }),
  query: BoardFileQuery,
  handler: async ({ scope, params: { id }, query: { kpi, format, ...query } }) => {
    const asked = { ...query, pilotId: id };
    const name = `${kpi ?? "kpis"}-${id}.${format}`;
    if (kpi !== undefined) {
      const rows = await maskValue(await listBoardRows(scope, { ...asked, kpi }));
      return format === "json"
        ? Response.json(rows)
        : new Response(rowsCsv(kpi, rows), { headers: csvHeaders(name) });
    }
    const board = await getBoard(scope, asked);
    return format === "json"
      ? Response.json(board)
      : new Response(boardCsv(board), { headers: csvHeaders(name) });
  },
});
