import { CalendarCheck } from "lucide-react";
import Link from "next/link";
import type { WeekRow } from "#lib/weekly-reviews/schema.ts";
import { plural } from "../format.ts";
import { PageHead } from "../list/page-head.tsx";
import { Empty } from "../ui/empty.tsx";
import { Panel } from "../ui/panel.tsx";
import { RelativeTime } from "../ui/relative-time.tsx";
import { Table } from "../ui/table.tsx";
import { Visible } from "../ui/visible.tsx";
import { WeekStateBadge } from "./week-state.tsx";

export interface WeeksPageProps {
  readonly pilotId: string;
  readonly pilotName: string;
  /** Days of a pack; null where the charter asks for none. */
  readonly days: number | null;
  readonly isActive: boolean;
  /** Newest first. */
  readonly weeks: readonly WeekRow[];
}

const whyNone = (days: number | null, isActive: boolean): string => {
  if (days === null)
    return "The charter asks nobody to look at the numbers. Choose a cadence under KPIs and owners in a new version of it.";
  return isActive
    ? `The first pack is written once ${days} days are over, counted from the activation, and then two owners decide.`
    : `The first pack is written ${days} days after the pilot was activated.`;
};

export function WeeksPage({ pilotId, pilotName, days, isActive, weeks }: WeeksPageProps) {
  return (
    <div className="page">
      <PageHead
        title="Weekly reviews"
        text={
          <>
            What happened in <Visible text={pilotName} />, a pack for each{" "}
            {days === 14 ? "fortnight" : "week"}; two owners decide whether it continues, is tightened or
            stops.
          </>
        }
      />
      <Panel title="Packs" fact={plural(weeks.length, "pack")}>
        {weeks.length === 0 ? (
          <Empty icon={CalendarCheck} title="No pack yet" text={whyNone(days, isActive)} />
        ) : (
          <Table
            label="Weekly packs"
            tall
            columns={[
              { key: "week", title: "Week" },
              { key: "state", title: "Decision" },
              { key: "says", title: "What it says", wide: true },
              { key: "at", title: "Packed" },
            ]}
          >
            {weeks.map(({ id, number, firstDay, lastDay, state, headline, packedAt, openGate }) => (
              <tr key={id} data-week={number}>
                <td className="nowrap">
                  <Link href={`/pilots/${pilotId}/weekly/${number}`} className="med">
                    Week {number}
                  </Link>
                  <div className="xs t3 num">
                    {firstDay} to {lastDay}
                  </div>
                </td>
                <td>
                  <WeekStateBadge state={state} />
                  {openGate ? (
                    <div className="xs">
                      <Link href={`/inbox?show=team&gate=${openGate}`}>Waits for a signature</Link>
                    </div>
                  ) : null}
                </td>
                <td className="only-wide tw sm t2">{headline}</td>
                <td className="nowrap sm t2">
                  <RelativeTime at={packedAt.toISOString()} />
                </td>
              </tr>
            ))}
          </Table>
        )}
      </Panel>
    </div>
  );
}
