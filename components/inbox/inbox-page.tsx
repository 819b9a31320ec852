import {
  CalendarCheck,
  DoorOpen,
  FileDiff,
  FilePen,
  GitPullRequest,
  Globe,
  Hand,
  Inbox,
  type LucideIcon,
  OctagonX,
  PackageOpen,
  Rocket,
  Siren,
} from "lucide-react";
import Link from "next/link";
import type { FindingView } from "#lib/findings/schema.ts";
import type { GateKind, GateView } from "#lib/gates/schema.ts";
import type { RunView } from "#lib/runs/schema.ts";
import { InboxFindings } from "../findings/inbox-findings.tsx";
import type { FormAction } from "../form/state.ts";
import { Badge } from "../ui/badge.tsx";
import { Empty } from "../ui/empty.tsx";
import { Icon } from "../ui/icon.tsx";
import { ListKeys } from "../ui/list-keys.tsx";
import { RelativeTime } from "../ui/relative-time.tsx";
import { SegmentedLinks } from "../ui/tabs.tsx";
import { Visible } from "../ui/visible.tsx";
import { byDeadline } from "./deadline-rules.ts";
import { GateDetail, type GateDetailProps } from "./gate-detail.tsx";
import { givenAt } from "./given.ts";
import type { InboxCounts } from "./inbox-rules.ts";
import { PausedRuns } from "./paused-runs.tsx";

export type InboxShow = "mine" | "team" | "decided";

export interface InboxPageProps {
  /** What `show` asks for. */
  readonly gates: readonly GateView[];
  readonly show: InboxShow;
  readonly counts: InboxCounts;
  /** The gate beside the list; by default the first one. Null for an empty list. */
  readonly detail: Omit<GateDetailProps, "decide" | "back"> | null;
  /** The address names the gate: a phone then shows it instead of the list. */
  readonly chosen: boolean;
  readonly now: Date;
  /** Runs that stand still until somebody resumes or cancels them. */
  readonly paused: readonly RunView[];
  /** Grave ones that nobody has dealt with; none where only decisions are shown. */
  readonly findings?: readonly FindingView[];
  /** What of it is asked for; the address carries it on. */
  readonly filter?: InboxFilter;
  /** Where the next page begins; null on the last one. */
  readonly next?: string | null;
  readonly decide: FormAction;
}

export interface InboxFilter {
  readonly kind: GateKind | null;
  readonly pilot: string | null;
  readonly after: string | null;
}

const ALL: InboxFilter = { kind: null, pilot: null, after: null };

/** An address of the inbox that keeps what is asked for, but for what `changes`. */
export function inboxHref(
  show: InboxShow,
  filter: InboxFilter,
  changes: Readonly<Record<string, string | null>>,
): string {
  const wanted = Object.entries({ ...filter, ...changes }).flatMap(([name, value]) =>
    value === null ? [] : [[name, value] as [string, string]],
  );
  return `/inbox?${new URLSearchParams([["show", show], ...wanted])}`;
}

const ICONS: Record<GateKind, LucideIcon> = {
  merge: GitPullRequest,
  artefact: PackageOpen,
  command: Hand,
  network: Globe,
  activate: FilePen,
  amend: FileDiff,
  break_glass: Siren,
  release: Rocket,
  resume: OctagonX,
  weekly_review: CalendarCheck,
  exit_review: DoorOpen,
};

export function InboxPage({
  gates,
  show,
  counts,
  detail,
  chosen,
  now,
  paused,
  findings = [],
  filter = ALL,
  next = null,
  decide,
}: InboxPageProps) {
  const groups = byDeadline(gates, now.getTime());
  const link = (gate: GateView) => inboxHref(show, filter, { gate: gate.id });
  return (
    <div className="inbox" data-open={chosen && detail ? "true" : "false"}>
      <h1 className="vh">Inbox</h1>
      <section className="inbox-list" aria-label="Decisions">
        <div className="inbox-head">
          <SegmentedLinks
            label="Whose"
            options={[
              { href: "/inbox?show=mine", title: "Mine", count: counts.mine, current: show === "mine" },
              { href: "/inbox?show=team", title: "Team", count: counts.team, current: show === "team" },
              { href: "/inbox?show=decided", title: "Decided", current: show === "decided" },
            ]}
          />
          <span className="grow" />
          {filter.kind || filter.pilot ? (
            <Link className="link sm" href={inboxHref(show, ALL, {})}>
              {[filter.kind?.replaceAll("_", " "), filter.pilot ? "one pilot" : null]
                .filter(Boolean)
                .join(", ")}{" "}
              only: show all
            </Link>
          ) : (
            <span className="t3 sm">by deadline</span>
          )}
        </div>
        <ListKeys>
          <PausedRuns runs={paused} />
          <InboxFindings findings={findings} />
          {groups.length === 0 && paused.length === 0 && findings.length === 0 ? (
            <EmptyInbox show={show} team={counts.team} />
          ) : null}
          {groups.map(({ title, gates: members }) => (
            <section key={title} aria-label={title}>
              <div className="grp">
                {title} <span className="num">{members.length}</span>
              </div>
              <ul>
                {members.map((gate) => (
                  <GateRow
                    key={gate.id}
                    gate={gate}
                    href={link(gate)}
                    selected={gate.id === detail?.gate.id}
                  />
                ))}
              </ul>
            </section>
          ))}
        </ListKeys>
        {filter.after || next ? (
          <nav className="row p-3" aria-label="Pages">
            {filter.after ? (
              <Link className="link sm" href={inboxHref(show, filter, { after: null })}>
                Soonest deadlines
              </Link>
            ) : null}
            <span className="grow" />
            {next ? (
              <Link className="link sm" href={inboxHref(show, filter, { after: next })}>
                Later deadlines
              </Link>
            ) : null}
          </nav>
        ) : null}
      </section>
      {detail ? (
        <GateDetail {...detail} decide={decide} back={`/inbox?show=${show}`} />
      ) : (
        <div className="inbox-detail only-wide" />
      )}
    </div>
  );
}

function GateRow({ gate, href, selected }: { gate: GateView; href: string; selected: boolean }) {
  const given = givenAt(gate).length;
  return (
    <li className={`it ${selected ? "sel" : ""}`}>
      <span className="ty">
        <Icon of={ICONS[gate.kind]} />
      </span>
      <Link className="bodyl" href={href} aria-current={selected ? "true" : undefined} data-row>
        <span className="row">
          <span className="med trunc grow">
            <Visible text={gate.title} />
          </span>
          {gate.status === "open" ? (
            <RelativeTime at={gate.expiresAt.toISOString()} className="sm num nowrap t2" />
          ) : (
            <Badge noun="gate" status={gate.status} bare />
          )}
        </span>
        <span className="row sm t3">
          <span className="trunc grow">
            {gate.pilotName ?? "All pilots"} · asked by {gate.openedByName}
          </span>
          <span className="nowrap num">
            {given} of {gate.needed}
          </span>
        </span>
      </Link>
    </li>
  );
}

function EmptyInbox({ show, team }: { show: InboxShow; team: number }) {
  if (show === "decided")
    return <Empty icon={Inbox} title="Nothing decided yet" text="Decisions stay here with their reasons." />;
  if (show === "mine" && team > 0) {
    return (
      <Empty
        icon={Inbox}
        title="Nothing waits for you"
        text="Others have something to decide that you may not."
        action={
          <Link className="btn" href="/inbox?show=team">
            Show the team's {team}
          </Link>
        }
      />
    );
  }
  return (
    <Empty
      icon={Inbox}
      title="Nothing waits"
      text="Decisions appear here when a patch is ready to merge, an agent asks, a charter is to be activated or a stop to be lifted."
    />
  );
}
