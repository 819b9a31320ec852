import Link from "next/link";
import type { FindingView } from "#lib/findings/schema.ts";
import { formatCount } from "../format.ts";
import { Badge } from "../ui/badge.tsx";
import { RelativeTime } from "../ui/relative-time.tsx";
import { Table } from "../ui/table.tsx";
import { Visible } from "../ui/visible.tsx";
import { SeverityMark } from "./severity.tsx";

export interface FindingTableProps {
  readonly findings: readonly FindingView[];
  /** Where it was seen is said by the page already. */
  readonly ofOneRun?: boolean;
}

export function FindingTable({ findings, ofOneRun = false }: FindingTableProps) {
  return (
    <Table
      label="Findings"
      tall
      columns={[
        { key: "severity", title: "Severity" },
        { key: "finding", title: "Finding" },
        { key: "state", title: "State" },
        ...(ofOneRun ? [] : [{ key: "where", title: "Where", wide: true }]),
        { key: "times", title: "Times", number: true, wide: true },
        { key: "last", title: "Last seen", wide: true },
      ]}
    >
      {findings.map((finding) => (
        <FindingRow key={finding.id} finding={finding} ofOneRun={ofOneRun} />
      ))}
    </Table>
  );
}

function FindingRow({ finding, ofOneRun }: { finding: FindingView; ofOneRun: boolean }) {
  const { id, rule, severity, state, times, lastAt, evidence } = finding;
  return (
    <tr>
      <td className="nowrap">
        <SeverityMark severity={severity} />
      </td>
      <td className="fill">
        <div className="cell2">
          <Link href={`/findings/${id}`} className="med" data-row>
            {rule.title}
          </Link>
          <div className="t3 sm tw mono">
            <Visible text={evidence ? firstLine(evidence.path ?? evidence.text) : "taken away"} />
          </div>
        </div>
      </td>
      <td className="nowrap">
        <Badge noun="finding" status={state} />
      </td>
      {ofOneRun ? null : (
        <td className="only-wide">
          <div className="cell2 max-w-72">
            <div className="trunc">
              <Visible text={finding.runTitle ?? "No run is known"} />
            </div>
            <div className="t3 sm trunc">
              <Visible text={finding.pilotName ?? ""} />
            </div>
          </div>
        </td>
      )}
      <td className="n num only-wide">{formatCount(times)}</td>
      <td className="nowrap t2 only-wide">
        <RelativeTime at={lastAt.toISOString()} />
      </td>
    </tr>
  );
}

const firstLine = (text: string): string => (text.trim().split("\n", 1)[0] ?? "").slice(0, 100);
