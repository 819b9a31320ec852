import Link from "next/link";
import type { Verdict } from "#lib/kpis/schema.ts";
import type { PilotView } from "#lib/pilots/schema.ts";
import type { PilotWatch } from "#lib/tripwires/list-watch.ts";
import { Nearest } from "../tripwires/nearest.tsx";
import { Badge } from "../ui/badge.tsx";
import { Panel } from "../ui/panel.tsx";
import { RelativeTime } from "../ui/relative-time.tsx";
import { Table } from "../ui/table.tsx";
import { Visible } from "../ui/visible.tsx";

export interface PilotHealth {
  readonly pilot: PilotView;
  readonly watch: PilotWatch | undefined;
  /** How its targets stand; null for who may not see its numbers. */
  readonly verdicts: Readonly<Record<Verdict, number>> | null;
  /** When its numbers are looked at next, or since when that is due. */
  readonly review: { readonly due: string | null; readonly next: string | null } | null;
}

/** Pilots that go on: what state they are in, how near the nearest tripwire is, what their targets say. */
export function HealthTable({ health, more }: { health: readonly PilotHealth[]; more: number }) {
  return (
    <Panel
      title="Pilot health"
      fact={more > 0 ? `the ${health.length} newest that go on, ${more} more` : undefined}
      className="mt-4"
      actions={
        <Link className="link sm" href="/pilots">
          All pilots
        </Link>
      }
    >
      <Table
        label="Pilot health"
        tall
        columns={[
          { key: "pilot", title: "Pilot" },
          { key: "state", title: "State" },
          { key: "targets", title: "Targets", wide: true },
          { key: "nearest", title: "Nearest tripwire", wide: true },
          { key: "review", title: "Look at the numbers", wide: true },
        ]}
      >
        {health.map((each) => (
          <Row key={each.pilot.id} {...each} />
        ))}
      </Table>
    </Panel>
  );
}

function Row({ pilot, watch, verdicts, review }: PilotHealth) {
  const { id, name, status, statusReason, activatedAt, activeVersion } = pilot;
  return (
    <tr data-pilot={id}>
      <td className="fill">
        <div className="cell2">
          <Link className="med" href={`/pilots/${id}`}>
            <Visible text={name} />
          </Link>
          <div className="t3 trunc">
            {activeVersion === null ? "no charter in force" : `charter v${activeVersion}`}
            {activatedAt ? (
              <>
                {" · since "}
                <RelativeTime at={activatedAt.toISOString()} />
              </>
            ) : null}
            {statusReason ? (
              <>
                {" · "}
                <Visible text={statusReason} />
              </>
            ) : null}
          </div>
          {watch && (watch.nearest || watch.frozenBy) ? (
            <div className="only-phone">
              <Nearest pilotId={id} watch={watch} />
            </div>
          ) : null}
          {verdicts ? <div className="only-phone sm t2 num">{targetWords(verdicts)}</div> : null}
        </div>
      </td>
      <td className="nowrap">
        <Badge noun="pilot" status={status} />
      </td>
      <td className="only-wide nowrap">
        <Link className="sm num" href={`/kpis?pilot=${id}`}>
          {verdicts ? targetWords(verdicts) : "–"}
        </Link>
      </td>
      <td className="only-wide">
        <Nearest pilotId={id} watch={watch} />
      </td>
      <td className="only-wide nowrap sm">
        {review?.due ? (
          <Link className="need" href={`/kpis?pilot=${id}`}>
            due since {review.due}
          </Link>
        ) : (
          <span className="t2">{review?.next ?? "–"}</span>
        )}
      </td>
    </tr>
  );
}

/** "2 met, 1 missed, 3 cannot tell". */
export function targetWords({ met, missed, cannot_tell: open }: Readonly<Record<Verdict, number>>): string {
  const words = [
    ...(met > 0 ? [`${met} met`] : []),
    ...(missed > 0 ? [`${missed} missed`] : []),
    ...(open > 0 ? [`${open} cannot tell`] : []),
  ];
  return words.length > 0 ? words.join(", ") : "no target";
}
