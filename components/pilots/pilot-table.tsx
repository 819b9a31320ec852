import { Compass } from "lucide-react";
import Link from "next/link";
import type { PilotView } from "#lib/pilots/schema.ts";
import type { PilotWatch } from "#lib/tripwires/list-watch.ts";
import { plural } from "../format.ts";
import { Nearest } from "../tripwires/nearest.tsx";
import { Badge } from "../ui/badge.tsx";
import { ButtonLink } from "../ui/button.tsx";
import { Empty } from "../ui/empty.tsx";
import { RelativeTime } from "../ui/relative-time.tsx";
import { Table } from "../ui/table.tsx";
import { Visible } from "../ui/visible.tsx";

/** Pilots as rows; the same on the home page and in the list of pilots. */
export function PilotTable({
  pilots,
  watch,
  canCreate,
}: {
  pilots: readonly PilotView[];
  /** By pilot, of those whose numbers the person may see. */
  watch: Readonly<Record<string, PilotWatch>>;
  canCreate: boolean;
}) {
  if (pilots.length === 0) {
    return (
      <Empty
        icon={Compass}
        title="No pilot yet"
        text="A pilot is one charter, an end date and the numbers that decide it."
        action={canCreate ? <ButtonLink href="/pilots/new">Write a charter</ButtonLink> : undefined}
      />
    );
  }
  return (
    <Table
      label="Pilots"
      tall
      columns={[
        { key: "pilot", title: "Pilot" },
        { key: "state", title: "State" },
        { key: "nearest", title: "Nearest tripwire", wide: true },
        { key: "repository", title: "Repository", wide: true },
        { key: "merged", title: "Merged", number: true },
        { key: "over", title: "Failed or rejected", number: true, wide: true },
        { key: "open", title: "Open", number: true },
        { key: "since", title: "Active since", wide: true },
      ]}
    >
      {pilots.map((pilot) => (
        <PilotRow key={pilot.id} pilot={pilot} watch={watch[pilot.id]} />
      ))}
    </Table>
  );
}

const OPEN = [
  "queued",
  "preparing",
  "working",
  "awaiting_decision",
  "paused",
  "verifying",
  "in_review",
  "merging",
];

const sumOf = (runs: PilotView["runs"], statuses: readonly string[]) =>
  statuses.reduce((sum, status) => sum + (runs[status] ?? 0), 0);

function PilotRow({ pilot, watch }: { pilot: PilotView; watch: PilotWatch | undefined }) {
  const {
    id,
    name,
    status,
    statusReason,
    demo,
    activeVersion,
    latestVersion,
    repositoryName,
    runs,
    activatedAt,
  } = pilot;
  return (
    <tr>
      <td className="fill">
        <div className="cell2">
          <Link className="med" href={`/pilots/${id}`} data-row>
            {name}
          </Link>
          {demo ? <span className="tag ml-2">demo</span> : null}
          <div className="t3 trunc">
            {activeVersion === null ? `charter v${latestVersion}, not active` : `charter v${activeVersion}`}
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
        </div>
      </td>
      <td className="nowrap">
        <Badge noun="pilot" status={status} />
      </td>
      <td className="only-wide">
        {activatedAt ? <Nearest pilotId={id} watch={watch} /> : <span className="t3">–</span>}
      </td>
      <td className="only-wide mono t2">{repositoryName ?? "–"}</td>
      <td className="n">{sumOf(runs, ["merged"])}</td>
      <td className="n only-wide">{sumOf(runs, ["failed", "rejected"])}</td>
      <td className="n">{sumOf(runs, OPEN)}</td>
      <td className="only-wide nowrap t2">
        {activatedAt ? <RelativeTime at={activatedAt.toISOString()} /> : "–"}
      </td>
    </tr>
  );
}

export const pilotsFact = (pilots: readonly PilotView[]): string =>
  `${plural(pilots.length, "pilot")}, ${pilots.filter(({ status }) => status === "active").length} active`;
