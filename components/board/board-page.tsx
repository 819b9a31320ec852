import { ChartLine, Download, Printer } from "lucide-react";
import type { ReactNode } from "react";
import type { Board } from "#lib/boards/schema.ts";
import type { KpiId } from "#lib/kpis/schema/kpi-id.ts";
import type { KpiRow } from "#lib/kpis/schema/reading.ts";
import { formatExact } from "../format.ts";
import { PageHead } from "../list/page-head.tsx";
import { Empty } from "../ui/empty.tsx";
import { Icon } from "../ui/icon.tsx";
import { Note } from "../ui/note.tsx";
import { Panel } from "../ui/panel.tsx";
import { BoardFilter, type BoardFilterProps } from "./board-filter.tsx";
import { BoardGroups } from "./board-groups.tsx";
import { BoardRows } from "./board-rows.tsx";
import { PrintButton } from "./print-button.tsx";
import { SPLIT_TITLES, SplitTable } from "./split-table.tsx";

export interface BoardPageProps extends Omit<BoardFilterProps, "found"> {
  /** Null where there is no pilot to report on. */
  readonly board: Board | null;
  /** The rows that were asked for, and of which number. */
  readonly rows: { readonly kpi: KpiId; readonly rows: readonly KpiRow[] } | null;
  /** `<NumberChart …>` of the number whose rows were asked for. */
  readonly chart?: ReactNode;
  /** Success metrics and charts of the whole pilot. */
  readonly whole: ReactNode;
  /** Address and query of the board, without a number. */
  readonly base: string;
  /** The same of the route that gives it as a file. */
  readonly download: string;
}

export function BoardPage({ board, rows, chart = null, whole, base, download, ...filter }: BoardPageProps) {
  return (
    <div className="page kpi-page">
      <PageHead
        title="KPIs"
        text={board ? <About board={board} /> : "Numbers of a pilot, with what they rest on."}
        actions={
          board ? (
            <>
              <a className="btn" href={`${download}&format=csv`} download>
                <Icon of={Download} size={12} />
                CSV
              </a>
              <a className="btn" href={`${download}&format=json`} download>
                JSON
              </a>
              <PrintButton icon={<Icon of={Printer} size={12} />} />
            </>
          ) : null
        }
      />
      <div className="panel mb-4 no-print">
        <BoardFilter {...filter} found={board ? board.pilotName : ""} />
        {board ? null : (
          <Empty
            icon={ChartLine}
            title="No pilot to report on"
            text="Numbers appear once a pilot is active and its first run is over."
          />
        )}
      </div>
      {board ? (
        <Numbers board={board} rows={rows} chart={chart} whole={whole} base={base} download={download} />
      ) : null}
    </div>
  );
}

const span = ({ from, to }: { from: Date; to: Date }) =>
  `${formatExact(from.toISOString())} to ${formatExact(to.toISOString())}`;

function About({ board: { timeZone, asOf, span: during, before, query } }: { board: Board }) {
  const beside =
    before === null
      ? query.compare === "none"
        ? ""
        : " There is no time before it to stand beside."
      : ` Beside ${span(before)}.`;
  return (
    <>
      {span(during)}, of real rows only; weeks and days in {timeZone}; as of {formatExact(asOf.toISOString())}
      .{beside}
    </>
  );
}

function Numbers({
  board,
  rows,
  chart,
  whole,
  base,
  download,
}: Pick<BoardPageProps, "rows" | "chart" | "whole" | "base" | "download"> & { board: Board }) {
  const { split, of } = board.query;
  return (
    <>
      {board.notice ? <Note>{board.notice}</Note> : null}
      {chart}
      {rows ? <BoardRows {...rows} download={`${download}&kpi=${rows.kpi}&format=csv`} /> : null}
      {split !== "none" && of !== undefined ? (
        <Note>
          Of one {SPLIT_TITLES[split]} alone. Numbers that are not told apart like this say so.{" "}
          <a className="link" href={base.replace(/&of=[^&]*/, "")}>
            All of them
          </a>
        </Note>
      ) : null}
      {board.split ? <SplitTable split={board.split} base={base} /> : null}
      <BoardGroups board={board} base={base} />
      {whole}
      {board.notes.length > 0 ? (
        <Panel title="What happened meanwhile" className="mt-4">
          <ul className="notes sm">
            {board.notes.map(({ at, text }) => (
              <li key={`${at.toISOString()} ${text}`}>
                <span className="num t3 nowrap">{formatExact(at.toISOString())}</span> {text}
              </li>
            ))}
          </ul>
        </Panel>
      ) : null}
    </>
  );
}
