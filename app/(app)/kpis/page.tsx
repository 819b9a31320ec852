import { z } from "zod";
import { BoardPage } from "#components/board/board-page.tsx";
import { NumberChart } from "#components/board/number-chart.tsx";
import { WholePilot } from "#components/board/whole-pilot.tsx";
import { LiveRefresh } from "#components/shell/live-refresh.tsx";
import { Shell } from "#components/shell/shell.tsx";
import { BoardDay, type BoardQuery, Compare, Range, SplitBy } from "#lib/boards/schema.ts";
import { getSeries } from "#lib/boards/series.ts";
import { getBoard, listBoardRows } from "#lib/boards/service.ts";
import { page } from "#lib/guard/page.tsx";
import { getGateKpis } from "#lib/kpis/gate-kpis.ts";
import { KpiId } from "#lib/kpis/schema/kpi-id.ts";
import { getKpis } from "#lib/kpis/service.ts";
import { listPilots } from "#lib/pilots/service.ts";
import { maskValue } from "#lib/secrets/mask-value.ts";
import { loadShell } from "../load-shell.ts";

const Filter = z.object({
  pilot: z.string().max(100).optional().catch(undefined),
  range: Range.catch("all"),
  first: BoardDay.optional().catch(undefined),
  last: BoardDay.optional().catch(undefined),
  compare: Compare.catch("previous"),
  split: SplitBy.catch("none"),
  of: z.string().max(200).optional().catch(undefined),
  kpi: KpiId.optional().catch(undefined),
});

/** The board's query as it stands in an address. */
function addressOf({ pilotId: _pilotId, ...query }: BoardQuery): string {
  const parts = Object.entries(query).filter(([, value]) => value !== undefined);
  return new URLSearchParams(
    parts.map(([name, value]): [string, string] => [name, String(value)]),
  ).toString();
}

export default page({
  permission: "kpi.view",
  query: Filter,
  handler: async ({ scope, session, query: { pilot, kpi, ...asked } }) => {
    const pilots = (await listPilots(scope)).filter(({ activatedAt }) => activatedAt !== null);
    const pilotId = pilot || pilots[0]?.id;
    const query = pilotId ? { ...asked, pilotId } : null;
    const shell = await loadShell(scope, session);
    const board = query && (await getBoard(scope, query));
    const report = pilotId ? await getKpis(scope, { pilotId }) : null;
    return (
      <Shell data={shell} current="kpis">
        <LiveRefresh />
        <BoardPage
          board={board}
          rows={
            query && kpi
              ? { kpi, rows: await maskValue(await listBoardRows(scope, { ...query, kpi })) }
              : null
          }
          chart={
            query && kpi ? (
              <NumberChart
                kpi={kpi}
                weeks={await getSeries(scope, { ...query, kpi })}
                metric={report?.metrics.find((metric) => metric.kpi === kpi) ?? null}
                notes={board?.notes ?? []}
              />
            ) : null
          }
          whole={
            pilotId && report ? (
              <WholePilot report={report} gates={await getGateKpis(scope, pilotId)} />
            ) : null
          }
          pilots={pilots}
          query={query ?? {}}
          base={query ? `/kpis?pilot=${query.pilotId}&${addressOf(query)}` : "/kpis"}
          download={query ? `/api/pilots/${query.pilotId}/kpis?${addressOf(query)}` : ""}
        />
      </Shell>
    );
  },
});
