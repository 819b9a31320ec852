import { Download } from "lucide-react";
import Link from "next/link";
import { KPIS } from "#lib/kpis/definitions/registry.ts";
import { amountOf } from "#lib/kpis/metric-rules.ts";
import type { KpiId } from "#lib/kpis/schema/kpi-id.ts";
import { type KpiRow, MOST_ROWS } from "#lib/kpis/schema/reading.ts";
import { formatCount, formatExact, plural, shortId } from "../format.ts";
import { Icon } from "../ui/icon.tsx";
import { Panel } from "../ui/panel.tsx";
import { Table } from "../ui/table.tsx";
import { Visible } from "../ui/visible.tsx";

const MOST_SHOWN = 200;

/** What a number was told from, newest first. */
export function BoardRows({
  kpi,
  rows,
  download,
}: {
  kpi: KpiId;
  rows: readonly KpiRow[];
  download: string;
}) {
  const { title, noun, definition, statistic } = KPIS[kpi];
  return (
    <Panel
      title={`Rows: ${title}`}
      fact={`${rows.length < MOST_ROWS ? "" : "newest "}${plural(rows.length, noun, noun.endsWith("ch") ? `${noun}es` : `${noun}s`)}`}
      className="mt-4"
      id="rows"
      actions={
        <a className="btn sm" href={download} download>
          <Icon of={Download} size={12} />
          CSV
        </a>
      }
    >
      <p className="t2 sm px-4 py-2">{definition}</p>
      {rows.length === 0 ? (
        <p className="t3 px-4 pb-4">No row counts for this number.</p>
      ) : (
        <Table
          label={`Rows behind ${title}`}
          columns={[
            { key: "row", title: "Row" },
            { key: "at", title: "When" },
            { key: "value", title: "Value", number: true },
            { key: "counts", title: "Counts" },
          ]}
        >
          {rows.slice(0, MOST_SHOWN).map((row) => (
            <tr key={row.id}>
              <td>
                <Named {...row} /> <span className="mono t3 xs">{shortId(row.id)}</span>
              </td>
              <td className="nowrap num t2">{formatExact(row.at.toISOString())}</td>
              <td className="n nowrap">{row.value === null ? "–" : amountOf(kpi, row.value)}</td>
              <td className="nowrap sm">
                {statistic === "total" && row.isCensored ? "hidden: too few people" : countsWords(row)}
              </td>
            </tr>
          ))}
        </Table>
      )}
      {rows.length > MOST_SHOWN ? <p className="t3 sm px-4 py-2">{shownWords(rows.length)}</p> : null}
    </Panel>
  );
}

/** Rows are read up to a bound: at the bound there may be more of them. */
const shownWords = (count: number): string =>
  `The newest ${MOST_SHOWN} are shown; the CSV has ${
    count < MOST_ROWS ? "all of them" : `the newest ${formatCount(MOST_ROWS)}, and no more`
  }.`;

function Named({ runId, title }: KpiRow) {
  if (runId === null) return title === null ? null : <Visible text={title} />;
  return (
    <Link className="med" href={`/runs/${runId}`}>
      {title === null ? "Run" : <Visible text={title} />}
    </Link>
  );
}

/** How a row counts. */
export function countsWords({ isHit, isCensored, isMaturing, isProvisional }: KpiRow): string {
  if (isMaturing) return "not yet: still maturing";
  if (isCensored) return "not over";
  const provisional = isProvisional ? ", provisional" : "";
  if (isHit === null) return `yes${provisional}`;
  return `${isHit ? "yes" : "in the sample"}${provisional}`;
}
