"use client";

import { Play } from "lucide-react";
import type { RunEvent } from "#lib/protocol/events.ts";
import type { RunView } from "#lib/runs/schema.ts";
import { spentOf } from "#lib/timeline/rules.ts";
import type { FormAction } from "../form/state.ts";
import { formatCount, plural } from "../format.ts";
import { isRunEnded, isRunLive, STATUSES, type StatusOf } from "../status.ts";
import { Empty } from "../ui/empty.tsx";
import { Tabs } from "../ui/tabs.tsx";
import { EventLinksProvider } from "./event/context.tsx";
import { EventWaited } from "./event/waited.tsx";
import { Rail, type RailProps } from "./rail.tsx";
import { RunHeader } from "./run-header.tsx";
import { RunOutcome } from "./run-outcome.tsx";
import { Timeline } from "./timeline.tsx";
import { useRunEvents } from "./use-run-events.ts";

export interface RunPageProps
  extends Pick<RailProps, "leases" | "maxMinutes" | "tierMissing" | "logEntries" | "budgetMicros"> {
  readonly run: RunView;
  /** From the first on, without gaps. */
  readonly events: readonly RunEvent[];
  /** Number of the last event when the page was made. */
  readonly last: number;
  /** `state` is the right rail as a page of its own, for the phone. */
  readonly tab: "timeline" | "state";
  readonly cancel: FormAction | null;
}

/** Watch one run: header, timeline, and beside it the plan, the budget, the sandbox and the evidence. */
export function RunPage({ run, events, last, tab, cancel, ...rail }: RunPageProps) {
  const live = !isRunEnded(run.status);
  const placed = useRunEvents(run.id, events, { live, last });
  const { timeline } = placed;
  const status = statusOf(timeline.status) ?? run.status;
  const patch = timeline.entries.findLast(
    (entry) => entry.kind === "mark" && entry.what === "patch_imported",
  );
  const spent = spentOf(timeline);
  const base = `/runs/${run.id}`;
  return (
    <div data-run-status={status}>
      <div className="rh">
        <RunHeader
          run={run}
          status={status}
          attempt={timeline.attempts.at(-1)?.attempt ?? run.attempt}
          cancel={cancel}
        />
        <Tabs
          label="Run"
          tabs={[
            { href: base, title: "Timeline", current: tab === "timeline" },
            { href: `${base}?tab=state`, title: "Plan and state", current: tab === "state", phoneOnly: true },
            ...(patch
              ? [{ href: `/reviews/${run.id}`, title: "Diff", count: plural(patch.body.files, "file") }]
              : []),
            ...(spent.calls > 0
              ? [{ href: `${base}/calls`, title: "Model calls", count: formatCount(spent.calls) }]
              : []),
            { href: `${base}/payloads`, title: "Payloads" },
            ...(rail.logEntries === null
              ? []
              : [
                  {
                    href: `/log?subject=run:${run.id}`,
                    title: "Log entries",
                    count: formatCount(rail.logEntries),
                  },
                ]),
          ]}
        />
      </div>
      <div className="cols" data-tab={tab}>
        <div className="tlw">
          {timeline.entries.length === 0 ? (
            <Empty
              icon={Play}
              title="Nothing has happened yet"
              text="The run waits for a runner. Its first event appears here by itself."
            />
          ) : (
            <EventLinksProvider runId={run.id} mayReadLog={rail.logEntries !== null} placed={placed}>
              <EventWaited told={timeline.seq} last={last} live={live} />
              <Timeline timeline={timeline} live={isRunLive(status)} />
            </EventLinksProvider>
          )}
          <div className="py-4">
            <RunOutcome runId={run.id} status={status} reason={timeline.statusReason ?? run.reason} />
          </div>
        </div>
        <Rail run={run} status={status} timeline={timeline} spent={spent} {...rail} />
      </div>
    </div>
  );
}

function statusOf(status: string | null): StatusOf<"run"> | null {
  return status !== null && Object.hasOwn(STATUSES.run, status) ? (status as StatusOf<"run">) : null;
}
