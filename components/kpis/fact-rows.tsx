import Link from "next/link";
import type { FactRow } from "#lib/kpis/schema.ts";
import { formatDuration, shortId } from "../format.ts";
import { RelativeTime } from "../ui/relative-time.tsx";
import { Table } from "../ui/table.tsx";
import { Visible } from "../ui/visible.tsx";

/** The runs behind a number. */
export function FactRows({ facts }: { facts: readonly FactRow[] }) {
  if (facts.length === 0) return <p className="t3 p-5">No run counts for this number.</p>;
  return (
    <Table
      label="Rows behind the number"
      columns={[
        { key: "run", title: "Run" },
        { key: "outcome", title: "Outcome" },
        { key: "attempts", title: "Attempts", number: true, wide: true },
        { key: "launched", title: "Launched", wide: true },
        { key: "lead", title: "Launch to merge", number: true },
        { key: "review", title: "Review to merge", number: true, wide: true },
      ]}
    >
      {facts.map((fact) => (
        <tr key={fact.runId}>
          <td>
            <Link className="med" href={`/runs/${fact.runId}`}>
              <Visible text={fact.title} />
            </Link>{" "}
            <span className="mono t3">{shortId(fact.runId)}</span>
          </td>
          <td className="nowrap">
            {fact.outcome?.replace("_", " ") ?? "open"}
            {fact.provisional ? <span className="t3 xs"> provisional</span> : null}
          </td>
          <td className="n only-wide">{fact.attempts}</td>
          <td className="only-wide nowrap t2">
            <RelativeTime at={fact.launchedAt.toISOString()} />
          </td>
          <td className="n nowrap">{fact.leadTime === null ? "–" : formatDuration(fact.leadTime)}</td>
          <td className="n nowrap only-wide">
            {fact.reviewToMerge === null ? "–" : formatDuration(fact.reviewToMerge)}
          </td>
        </tr>
      ))}
    </Table>
  );
}
