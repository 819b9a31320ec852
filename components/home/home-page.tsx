import { CircleCheck, ListChecks, Play } from "lucide-react";
import Link from "next/link";
import type { GateView } from "#lib/gates/schema.ts";
import type { AlarmView } from "#lib/log/schema.ts";
import type { PilotView } from "#lib/pilots/schema.ts";
import type { RunView } from "#lib/runs/schema.ts";
import { plural } from "../format.ts";
import { givenAt } from "../inbox/given.ts";
import type { InboxCounts } from "../inbox/inbox-rules.ts";
import { LogAlarms } from "../log/log-alarms.tsx";
import { PilotTable, pilotsFact } from "../pilots/pilot-table.tsx";
import { RunTable } from "../runs/runs-page.tsx";
import { ButtonLink } from "../ui/button.tsx";
import { Empty } from "../ui/empty.tsx";
import { Icon } from "../ui/icon.tsx";
import { Keys } from "../ui/kbd.tsx";
import { Panel } from "../ui/panel.tsx";
import { RelativeTime } from "../ui/relative-time.tsx";
import { SegmentedLinks } from "../ui/tabs.tsx";
import { Visible } from "../ui/visible.tsx";
import { type BriefFacts, briefOf } from "./brief-words.ts";
import { type ControlFacts, Controls } from "./controls.tsx";

export interface HomePageProps {
  /** What the notary found wrong with the log. */
  readonly alarms: readonly AlarmView[];
  readonly brief: BriefFacts;
  /** Hours the brief looks back. */
  readonly hours: 24 | 72 | 168;
  readonly live: readonly RunView[];
  readonly recent: readonly RunView[];
  /** What this person may decide, soonest first. */
  readonly waiting: readonly GateView[];
  /** Runs of this person that are paused. */
  readonly paused: readonly RunView[];
  readonly inbox: InboxCounts;
  readonly pilots: readonly PilotView[];
  readonly canCreatePilot: boolean;
  readonly canLaunch: boolean;
  readonly controls: ControlFacts;
  /** Steps of the set-up that are not done; 0 hides it. */
  readonly setupLeft: number;
}

const SPANS = [
  { hours: 24, title: "24 h" },
  { hours: 72, title: "3 d" },
  { hours: 168, title: "7 d" },
] as const;

export function HomePage(props: HomePageProps) {
  const { alarms, brief, hours, live, recent, pilots, canCreatePilot, canLaunch, setupLeft } = props;
  return (
    <div className="page">
      <LogAlarms alarms={alarms} link />
      <div className="row mb-3">
        <h1 className="h2">Brief</h1>
        <span className="t3 sm">the last {hours === 24 ? "24 hours" : `${hours / 24} days`}</span>
        <span className="grow" />
        <SegmentedLinks
          label="Brief of the last"
          options={SPANS.map((span) => ({
            href: `/?hours=${span.hours}`,
            title: span.title,
            current: span.hours === hours,
          }))}
        />
      </div>
      <Brief facts={brief} />
      {setupLeft > 0 ? (
        <Link className="note mt-4" href="/setup">
          <Icon of={ListChecks} />
          <span className="grow">
            {plural(setupLeft, "step")} of the set-up left until the first decision.
          </span>
          <span className="acc">Go on</span>
        </Link>
      ) : null}
      <div className="home">
        <div className="stack">
          <Panel
            title="Live runs"
            fact={plural(live.length, "run")}
            actions={
              canLaunch ? (
                <ButtonLink size="sm" icon={Play} href="/runs/new">
                  New run
                </ButtonLink>
              ) : null
            }
          >
            {live.length === 0 ? (
              <Empty
                icon={Play}
                title="Nothing runs"
                text="A run appears here from the moment it is launched."
              />
            ) : (
              <RunTable runs={live} label="Live runs" />
            )}
          </Panel>
          <Panel
            title="Newest results"
            actions={
              <Link className="link sm row" href="/runs">
                All runs <Keys keys={["G", "R"]} />
              </Link>
            }
          >
            {recent.length === 0 ? (
              <Empty
                icon={CircleCheck}
                title="No result yet"
                text="Runs that ended or wait for a review stand here."
              />
            ) : (
              <RunTable runs={recent} label="Newest results" />
            )}
          </Panel>
        </div>
        <div className="stack">
          <Waiting {...props} />
          <Controls facts={props.controls} />
        </div>
      </div>
      <Panel
        title="Pilots"
        fact={pilotsFact(pilots)}
        className="mt-4"
        actions={
          <Link className="link sm" href="/pilots">
            All pilots
          </Link>
        }
      >
        <PilotTable pilots={pilots} canCreate={canCreatePilot} />
      </Panel>
    </div>
  );
}

function Brief({ facts }: { facts: BriefFacts }) {
  return (
    <p className="brief">
      {briefOf(facts).map(({ text, href }) =>
        href ? (
          <Link key={`${href} ${text}`} href={href}>
            {text}
          </Link>
        ) : (
          text
        ),
      )}
    </p>
  );
}

function Waiting({ waiting, paused, inbox }: Pick<HomePageProps, "waiting" | "paused" | "inbox">) {
  return (
    <Panel
      title="Waits for you"
      fact={`${inbox.mine} of ${inbox.team} in the inbox`}
      actions={
        <Link className="link sm row" href="/inbox">
          Inbox <Keys keys={["G", "I"]} />
        </Link>
      }
    >
      {inbox.mine === 0 ? (
        <Empty
          icon={CircleCheck}
          title="Nothing waits for you"
          text="Decisions appear here when a patch is ready to merge."
        />
      ) : null}
      {paused.map((run) => (
        <Link key={run.id} className="dec" href={`/runs/${run.id}`}>
          <span className="med trunc">
            <Visible text={run.title} />
          </span>
          <span className="sm nowrap t2">paused</span>
          <span className="sm t3 trunc">{run.pilotName} · resume or cancel</span>
        </Link>
      ))}
      {waiting.map((gate) => (
        <Link key={gate.id} className="dec" href={`/inbox?show=mine&gate=${gate.id}`}>
          <span className="med trunc">
            <Visible text={gate.title} />
          </span>
          <RelativeTime at={gate.expiresAt.toISOString()} className="sm num nowrap t2" />
          <span className="sm t3 trunc">
            {gate.pilotName ?? "All pilots"} · {givenAt(gate).length} of {gate.needed} approved
          </span>
        </Link>
      ))}
    </Panel>
  );
}
