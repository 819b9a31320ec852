import { FilePen, Play } from "lucide-react";
import Link from "next/link";
import type { ReactNode } from "react";
import type { ReviewDays } from "#lib/kpis/review-days.ts";
import type { KpiReport } from "#lib/kpis/schema.ts";
import type { Member, PilotDetail } from "#lib/pilots/schema.ts";
import type { RunView } from "#lib/runs/schema.ts";
import { KpiReportView } from "../kpis/report-view.tsx";
import { RunTable } from "../runs/runs-page.tsx";
import { Avatar } from "../ui/avatar.tsx";
import { Badge } from "../ui/badge.tsx";
import { ButtonLink } from "../ui/button.tsx";
import { CopyId } from "../ui/copy-id.tsx";
import { Empty } from "../ui/empty.tsx";
import { Facts } from "../ui/key-value.tsx";
import { ListKeys } from "../ui/list-keys.tsx";
import { Note } from "../ui/note.tsx";
import { Panel } from "../ui/panel.tsx";
import { RelativeTime } from "../ui/relative-time.tsx";
import { Table } from "../ui/table.tsx";
import { Tabs } from "../ui/tabs.tsx";
import { Visible } from "../ui/visible.tsx";
import { CharterView } from "./charter-view.tsx";

export type PilotTab = "overview" | "runs" | "charter" | "members" | "data";

export interface PilotPageProps {
  readonly pilot: PilotDetail;
  readonly runs: readonly RunView[];
  /** Null before the pilot was ever active. */
  readonly report: KpiReport | null;
  readonly tab: PilotTab;
  readonly canLaunch: boolean;
  readonly canAmend: boolean;
  /** `<PilotActions …>`: pause, ask for activation or resumption, close. */
  readonly actions: ReactNode;
  /** `<Proposal …>`: a version that is not in force. */
  readonly proposal: ReactNode;
  /** `<Unreviewed …>`: merges by broken glass that nobody has reviewed. */
  readonly unreviewed?: ReactNode;
  /** `<WirePanel …>`: how far its tripwires are. */
  readonly wires?: ReactNode;
  /** `<Nearest …>`: the same in one line, on the other tabs. */
  readonly nearest?: ReactNode;
  /** `<RefusedLaunches …>`: what its rules did not let begin. */
  readonly refusedLaunches?: ReactNode;
  /** `<RetentionPanel …>`: how long payloads are kept. */
  readonly data: ReactNode;
  /** When its numbers are to be looked at; null where the charter asks for no look. */
  readonly review: ReviewDays | null;
  /** Of people, agents and roles made here that the charter names, by their ids. */
  readonly names: Readonly<Record<string, string>>;
}

export function PilotPage({
  pilot,
  runs,
  report,
  tab,
  canLaunch,
  canAmend,
  actions,
  proposal,
  unreviewed = null,
  wires = null,
  nearest = null,
  refusedLaunches = null,
  data,
  names,
  review,
}: PilotPageProps) {
  const base = `/pilots/${pilot.id}`;
  const isActive = pilot.status === "active";
  return (
    <div className="page kpi-page">
      <div className="rt">
        <Badge noun="pilot" status={pilot.status} />
        <h1 className="h1 grow">{pilot.name}</h1>
        {actions}
        {canAmend ? (
          <ButtonLink icon={FilePen} href={`${base}/charter`}>
            New version
          </ButtonLink>
        ) : null}
        {canLaunch && isActive ? (
          <ButtonLink tone="ink" icon={Play} href={`/runs/new?pilot=${pilot.id}`}>
            New run
          </ButtonLink>
        ) : null}
      </div>
      {unreviewed}
      <PilotFacts pilot={pilot} review={review} />
      {nearest}
      <Tabs
        label="Pilot"
        tabs={[
          { href: base, title: "Overview", current: tab === "overview" },
          { href: `${base}?tab=runs`, title: "Runs", count: runs.length, current: tab === "runs" },
          {
            href: `${base}?tab=charter`,
            title: "Charter",
            count: `v${pilot.charter.version}`,
            current: tab === "charter",
          },
          {
            href: `${base}?tab=members`,
            title: "Members",
            count: pilot.members.length,
            current: tab === "members",
          },
          { href: `${base}?tab=data`, title: "Data", current: tab === "data" },
          { href: `${base}/hosts`, title: "Hosts", current: false },
          { href: `${base}/releases`, title: "Releases", current: false },
          { href: `${base}/tripwires`, title: "Tripwires", current: false },
          { href: `${base}/exit`, title: "Exit", current: false },
          { href: `${base}/weekly`, title: "Weekly", current: false },
          { href: `${base}/spend`, title: "Spend", current: false },
        ]}
      />
      {pilot.statusReason ? (
        <div className="mt-3">
          <Note tone={isActive ? "plain" : "need"}>
            <Visible text={pilot.statusReason} mode="block" />
          </Note>
        </div>
      ) : null}
      {tab === "overview" ? <Overview pilot={pilot} runs={runs} report={report} wires={wires} /> : null}
      {tab === "runs" ? (
        <>
          <PilotRuns runs={runs} />
          {refusedLaunches}
        </>
      ) : null}
      {tab === "charter" ? (
        <>
          {proposal}
          <CharterView
            stored={pilot.charter}
            versions={pilot.versions}
            repositoryName={pilot.repositoryName ?? "the repository"}
            names={names}
          />
        </>
      ) : null}
      {tab === "members" ? <Members members={pilot.members} /> : null}
      {tab === "data" ? data : null}
    </div>
  );
}

function reviewInWords({ due, next }: ReviewDays): string {
  const last = due === null ? "" : `due since ${due}`;
  const then = next === null ? "" : `next on ${next}`;
  return [last, then].filter((part) => part !== "").join(", ");
}

function PilotFacts({ pilot, review }: Pick<PilotPageProps, "pilot" | "review">) {
  const { charter, repositoryName, timeZone, activatedAt, createdByName, demo } = pilot;
  return (
    <Facts
      rows={[
        {
          key: "Charter",
          value: (
            <>
              <Link className="link" href={`/pilots/${pilot.id}?tab=charter`}>
                v{charter.version}
              </Link>{" "}
              <CopyId id={charter.digest} what="charter digest" />
            </>
          ),
        },
        { key: "Repository", value: repositoryName ?? "–" },
        ...(review ? [{ key: "Look at the numbers", value: reviewInWords(review) }] : []),
        { key: "Ends", value: `${charter.charter.rollback.endsOn}, ${timeZone}` },
        ...(activatedAt
          ? [{ key: "Active since", value: <RelativeTime at={activatedAt.toISOString()} />, wide: true }]
          : []),
        { key: "Written by", value: createdByName, wide: true },
        ...(demo ? [{ key: "Demo", value: "its data was made by the set-up", wide: true }] : []),
      ]}
    />
  );
}

const RECENT = 8;

function Overview({
  pilot,
  runs,
  report,
  wires,
}: Pick<PilotPageProps, "pilot" | "runs" | "report" | "wires">) {
  return (
    <div className="mt-3">
      {report ? (
        <KpiReportView report={report} base={`/kpis?pilot=${pilot.id}`} />
      ) : (
        <Note>No numbers yet: they begin with the pilot's activation.</Note>
      )}
      {wires}
      <Panel
        title="Newest runs"
        className="mt-4"
        actions={
          <Link className="link sm" href={`/pilots/${pilot.id}?tab=runs`}>
            All runs
          </Link>
        }
      >
        <Runs runs={runs.slice(0, RECENT)} />
      </Panel>
    </div>
  );
}

function PilotRuns({ runs }: { runs: readonly RunView[] }) {
  return (
    <Panel title="Runs" className="mt-4">
      <ListKeys>
        <Runs runs={runs} />
      </ListKeys>
    </Panel>
  );
}

function Runs({ runs }: { runs: readonly RunView[] }) {
  return runs.length === 0 ? (
    <Empty
      icon={Play}
      title="No run yet"
      text="An active pilot takes runs; each binds the charter version it was launched under."
    />
  ) : (
    <RunTable runs={runs} withPilot={false} />
  );
}

function Members({ members }: { members: readonly Member[] }) {
  return (
    <Panel title="Members" fact="who may see this pilot, and as what" className="mt-4">
      <Table
        label="Members"
        columns={[
          { key: "name", title: "Person" },
          { key: "role", title: "Role" },
          { key: "by", title: "Granted on" },
        ]}
      >
        {members.map(({ personId, name, role, roleName, byOrganisation }) => (
          <tr key={`${personId} ${role} ${byOrganisation}`}>
            <td>
              <span className="row">
                <Avatar name={name} small />
                {name}
              </span>
            </td>
            <td>{roleName}</td>
            <td className="t2">{byOrganisation ? "the organisation" : "this pilot"}</td>
          </tr>
        ))}
      </Table>
    </Panel>
  );
}
