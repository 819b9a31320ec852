// What whoever leads engineering looks at: what runs, what came of it, what waits for them, what comes next.
import { CalendarClock, CircleCheck, Play } from "lucide-react";
import Link from "next/link";
import type { GateView } from "#lib/gates/schema.ts";
import type { RunView } from "#lib/runs/schema.ts";
import { plural } from "../format.ts";
import { givenAt } from "../inbox/given.ts";
import type { InboxCounts } from "../inbox/inbox-rules.ts";
import { RunTable } from "../runs/runs-page.tsx";
import { ButtonLink } from "../ui/button.tsx";
import { Empty } from "../ui/empty.tsx";
import { Keys } from "../ui/kbd.tsx";
import { Panel } from "../ui/panel.tsx";
import { RelativeTime } from "../ui/relative-time.tsx";
import { Visible } from "../ui/visible.tsx";

export function LiveRuns({ runs, canLaunch }: { runs: readonly RunView[]; canLaunch: boolean }) {
  return (
    <Panel
      title="Live runs"
      fact={plural(runs.length, "run")}
      actions={
        canLaunch ? (
          <ButtonLink size="sm" icon={Play} href="/runs/new">
            New run
          </ButtonLink>
        ) : null
      }
    >
      {runs.length === 0 ? (
        <Empty icon={Play} title="Nothing runs" text="A run appears here from the moment it is launched." />
      ) : (
        <RunTable runs={runs} label="Live runs" />
      )}
    </Panel>
  );
}

export function NewestResults({ runs }: { runs: readonly RunView[] }) {
  return (
    <Panel
      title="Newest results"
      actions={
        <Link className="link sm row" href="/runs">
          All runs <Keys keys={["G", "R"]} />
        </Link>
      }
    >
      {runs.length === 0 ? (
        <Empty
          icon={CircleCheck}
          title="No result yet"
          text="Runs that ended or wait for a review stand here."
        />
      ) : (
        <RunTable runs={runs} label="Newest results" />
      )}
    </Panel>
  );
}

export interface WaitingProps {
  /** What this person may decide, soonest first. */
  readonly waiting: readonly GateView[];
  /** Runs of this person that are paused. */
  readonly paused: readonly RunView[];
  readonly inbox: InboxCounts;
}

const MOST_WAITING = 6;

export function Waiting({ waiting, paused, inbox }: WaitingProps) {
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
      {waiting.slice(0, MOST_WAITING).map((gate) => (
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
      {waiting.length > MOST_WAITING ? (
        <Link className="dec sm link" href="/inbox?show=mine">
          {waiting.length - MOST_WAITING} more
        </Link>
      ) : null}
    </Panel>
  );
}

export interface Coming {
  readonly key: string;
  /** "19:00", "Fri", "queued". */
  readonly when: string;
  readonly text: string;
  readonly href: string;
}

/** What comes by itself until people are there again. */
export function ComesNext({ coming }: { coming: readonly Coming[] }) {
  return (
    <Panel title="Comes next" fact={coming.length > 0 ? undefined : "nothing"}>
      {coming.length === 0 ? (
        <Empty
          icon={CalendarClock}
          title="Nothing comes by itself"
          text="Queued runs, reviews of numbers and ends of pilots stand here."
        />
      ) : (
        <ul className="coming">
          {coming.map(({ key, when, text, href }) => (
            <li key={key}>
              <span className="t3 num nowrap">{when}</span>
              <Link href={href}>
                <Visible text={text} />
              </Link>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}
