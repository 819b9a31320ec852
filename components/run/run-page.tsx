"use client";

import { Play } from "lucide-react";
import type { ReactNode } from "react";
import { stepsOf } from "#lib/messages/rules.ts";
import type { RunEvent } from "#lib/protocol/events.ts";
import type { RunView } from "#lib/runs/schema.ts";
import { handedIn, spentOf } from "#lib/timeline/rules.ts";
import { newestSnapshot, takenUp } from "#lib/timeline/steering.ts";
import { OpenAsks } from "../asks/open-asks.tsx";
import type { FormAction } from "../form/state.ts";
import { formatCount, plural } from "../format.ts";
import { isRunEnded, isRunLive, STATUSES, type StatusOf } from "../status.ts";
import { Empty } from "../ui/empty.tsx";
import { Tabs } from "../ui/tabs.tsx";
import { EventLinksProvider } from "./event/context.tsx";
import { EventWaited } from "./event/waited.tsx";
import { holdSentence, holdWords } from "./hold/hold-words.ts";
import { Rail, type RailProps } from "./rail.tsx";
import { RunHeader, type RunHeaderProps } from "./run-header.tsx";
import { RunOutcome } from "./run-outcome.tsx";
import { Composer, type ComposerProps } from "./steer/composer.tsx";
import { isReached } from "./steer/composer-words.ts";
import { snapshotPlace } from "./steer/snapshot-row.tsx";
import { type Steering, SteeringProvider } from "./steer/steering-context.tsx";
import { untold } from "./steer/untold.ts";
import { useFreshTables } from "./steer/use-fresh-tables.ts";
import { WaitingMessages, type WaitingMessagesProps } from "./steer/waiting-messages.tsx";
import { Timeline } from "./timeline.tsx";
import { useRunEvents } from "./use-run-events.ts";

export interface RunPageProps
  extends Pick<
    RailProps,
    "leases" | "maxMinutes" | "tierMissing" | "logEntries" | "budgetMicros" | "drift" | "claims" | "findings"
  > {
  readonly run: RunView;
  /** From the first on, without gaps. */
  readonly events: readonly RunEvent[];
  /** Number of the last event when the page was made. */
  readonly last: number;
  /** `state` is the right rail as a page of its own, for the phone. */
  readonly tab: "timeline" | "state";
  /** Whether its charter names artefacts. */
  readonly mayHandIn: boolean;
  readonly actions: RunHeaderProps["actions"];
  readonly steering: Omit<Steering, "newestSnapshot" | "takenUp">;
  /** Null for a person who may not write to the agent, and for an agent that reads nothing. */
  readonly compose:
    | (Pick<ComposerProps, "notice" | "send" | "steering"> & Pick<WaitingMessagesProps, "withdraw">)
    | null;
  /** Reads what `DecideGate` reads. */
  readonly decide: FormAction;
  /** `<PullRequests …>`: where its merge stands on a forge. */
  readonly pulls?: ReactNode;
  /** `<Aftermath …>`: what became of its merge. */
  readonly aftermath?: ReactNode;
}

/** Watch one run and steer it: header, timeline with the composer, and beside it the plan, the budget and the sandbox. */
export function RunPage(props: RunPageProps) {
  const {
    run,
    events,
    last,
    tab,
    actions,
    steering,
    compose,
    decide,
    pulls = null,
    aftermath = null,
    mayHandIn,
    ...rail
  } = props;
  const live = !isRunEnded(run.status);
  const { placed, talk } = useRunEvents(run.id, events, { live, last });
  useFreshTables(placed.events, talk, { last, steps: stepsOf(steering.messages) });
  const { timeline } = placed;
  const status = statusOf(timeline.status) ?? run.status;
  const attempt = timeline.attempts.at(-1)?.attempt ?? run.attempt;
  const held = timeline.attempts.at(-1)?.endedAt === null;
  const snapshot = isRunEnded(status) ? null : newestSnapshot(timeline);
  const holding = { status, held, attempt, goesOn: snapshot ? snapshotPlace(snapshot) : null };
  const patch = timeline.entries.findLast(
    (entry) => entry.kind === "mark" && entry.what === "patch_imported",
  );
  const spent = spentOf(timeline);
  const artefacts = handedIn(timeline);
  const base = `/runs/${run.id}`;
  return (
    <div data-run-status={status}>
      <div className="rh">
        <RunHeader run={run} status={status} attempt={attempt} hold={holdWords(holding)} actions={actions} />
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
            ...(artefacts > 0
              ? [{ href: `${base}/artefacts`, title: "Artefacts", count: formatCount(artefacts) }]
              : mayHandIn
                ? [{ href: `${base}/artefacts`, title: "Artefacts" }]
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
      {aftermath}
      <div className="cols" data-tab={tab}>
        <div className="tlw">
          <OpenAsks asks={steering.asks.filter(({ settled }) => settled === null)} decide={decide} />
          {timeline.entries.length === 0 ? (
            <Empty
              icon={Play}
              title="Nothing has happened yet"
              text={
                run.kind === "revert"
                  ? "The patch is made from the trees of both commits, without an agent. Its first event appears here by itself."
                  : "The run waits for a runner. Its first event appears here by itself."
              }
            />
          ) : (
            <EventLinksProvider
              runId={run.id}
              mayReadLog={rail.logEntries !== null}
              hasPatch={patch !== undefined}
              placed={placed}
            >
              <EventWaited told={timeline.seq} last={last} live={live} />
              <SteeringProvider
                steering={{
                  ...steering,
                  newestSnapshot: snapshot?.seq ?? null,
                  takenUp: takenUp(timeline),
                }}
              >
                <Timeline timeline={timeline} live={isRunLive(status)} />
              </SteeringProvider>
            </EventLinksProvider>
          )}
          <WaitingMessages
            runId={run.id}
            messages={untold(steering.messages, timeline)}
            withdraw={compose?.withdraw ?? null}
          />
          <div className="py-4">
            <RunOutcome
              runId={run.id}
              status={status}
              reason={timeline.statusReason ?? run.reason}
              hold={holdSentence(holding)}
            />
            {pulls}
          </div>
          {compose && isReached(status) ? (
            <Composer
              {...{ runId: run.id, status, held }}
              {...{ steering: compose.steering, notice: compose.notice, send: compose.send }}
            />
          ) : null}
        </div>
        <Rail run={run} status={status} timeline={timeline} spent={spent} {...rail} />
      </div>
    </div>
  );
}

function statusOf(status: string | null): StatusOf<"run"> | null {
  return status !== null && Object.hasOwn(STATUSES.run, status) ? (status as StatusOf<"run">) : null;
}
