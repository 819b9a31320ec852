import { Clock } from "lucide-react";
import Link from "next/link";
import { MINUTE } from "#lib/clock.ts";
import { FEWEST_PEOPLE, type OwnView, type Purpose } from "#lib/human-minutes/schema.ts";
import { ActionButton } from "../form/action-button.tsx";
import type { FormAction } from "../form/state.ts";
import { formatDay, shortId } from "../format.ts";
import { PageHead } from "../list/page-head.tsx";
import { Empty } from "../ui/empty.tsx";
import { Note } from "../ui/note.tsx";
import { Panel } from "../ui/panel.tsx";
import { Table } from "../ui/table.tsx";

const PURPOSES: Record<Purpose, string> = { review: "review", run: "run", finding: "finding" };

export interface OwnMinutesPageProps {
  readonly view: OwnView;
  /** Reads `isOff`. */
  readonly choose: FormAction;
}

/** A person's own minutes, which nobody else sees. */
export function OwnMinutesPage({ view: { rows, isOff, isOffHere, keptDays }, choose }: OwnMinutesPageProps) {
  const total = rows.reduce((sum, { milliseconds }) => sum + milliseconds, 0);
  return (
    <div className="page">
      <PageHead
        title="Your minutes"
        text="Time that a review, a run or a finding was open in front of you while you were active. Only you see this page."
        actions={
          isOffHere ? null : (
            <ActionButton
              action={choose}
              fields={{ isOff: isOff ? "no" : "yes" }}
              doing={isOff ? "Counting" : "Stopping"}
            >
              {isOff ? "Count my minutes" : "Do not count my minutes"}
            </ActionButton>
          )
        }
      />
      <div className="grid gap-3.5">
        {isOffHere ? <Note>This installation counts nobody's minutes.</Note> : null}
        {isOff && !isOffHere ? <Note>Your minutes are not counted. Nobody else is told so.</Note> : null}
        <Note>
          Others see a pilot's week, once it is over and at least {FEWEST_PEOPLE} people were counted in it,
          and never a person. Your rows go after {keptDays} days.
        </Note>
        <Panel title="Minutes" fact={`${minutes(total)} min in ${keptDays} days`}>
          {rows.length === 0 ? (
            <Empty
              icon={Clock}
              title="Nothing counted"
              text="Open a review or a run, and time is counted while you are active."
            />
          ) : (
            <Table
              label="Your minutes"
              columns={[
                { key: "day", title: "Day" },
                { key: "run", title: "Run" },
                { key: "purpose", title: "Looked at" },
                { key: "minutes", title: "Minutes", number: true },
              ]}
            >
              {rows.map(({ day, runId, purpose, afterMerge, milliseconds }) => (
                <tr key={`${day} ${runId} ${purpose} ${afterMerge}`}>
                  <td className="nowrap">{formatDay(day)}</td>
                  <td>
                    <Link className="mono link" href={`/runs/${runId}`}>
                      {shortId(runId)}
                    </Link>
                  </td>
                  <td>
                    {PURPOSES[purpose]}
                    {afterMerge ? <span className="t3"> after the merge</span> : null}
                  </td>
                  <td className="n">{minutes(milliseconds)}</td>
                </tr>
              ))}
            </Table>
          )}
        </Panel>
      </div>
    </div>
  );
}

const minutes = (milliseconds: number): string => (milliseconds / MINUTE).toFixed(1);
