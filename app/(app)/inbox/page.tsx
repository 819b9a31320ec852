import { z } from "zod";
import { ForgeAlarm } from "#components/connected/pull-requests.tsx";
import { InboxPage, type InboxPageProps, type InboxShow } from "#components/inbox/inbox-page.tsx";
import { pausedOf } from "#components/inbox/inbox-rules.ts";
import { ChannelAlarm } from "#components/notices/channel-alarm.tsx";
import { LiveRefresh } from "#components/shell/live-refresh.tsx";
import { Shell } from "#components/shell/shell.tsx";
import { AppError } from "#lib/errors.ts";
import { listGraveFindings } from "#lib/findings/service.ts";
import { listOpenPulls } from "#lib/forges/pulls/service.ts";
import { findAgain } from "#lib/gates/again.ts";
import { cursorOf, GateKind, type GateView, type InboxQuery } from "#lib/gates/schema.ts";
import { getGate, INBOX_PAGE, listDecisions, listInbox } from "#lib/gates/service.ts";
import { whoMayApprove } from "#lib/gates/who-may-approve.ts";
import { page } from "#lib/guard/page.tsx";
import { failingChannels } from "#lib/notices/view-channels.ts";
import { listRuns } from "#lib/runs/service.ts";
import { actorId, type Scope } from "#lib/scope.ts";
import { maskValue } from "#lib/secrets/mask-value.ts";
import { loadShell } from "../load-shell.ts";
import { decide } from "../reviews/[id]/actions.ts";
import { describeGate } from "./describe-gate.ts";

export default page({
  permission: "run.view",
  query: z.object({
    show: z.enum(["mine", "team", "decided"]).catch("mine"),
    gate: z.string().max(100).optional().catch(undefined),
    kind: GateKind.optional().catch(undefined),
    pilot: z.string().max(100).optional().catch(undefined),
    after: z.string().max(100).optional().catch(undefined),
  }),
  handler: async ({ scope, session, query }) => {
    const { show, gate: chosenId, kind, pilot, after } = query;
    // One of another page is shown beside this one.
    const [shell, gates, chosen, paused, findings, channels] = await Promise.all([
      loadShell(scope, session),
      gatesOf(scope, show, { kind, pilotId: pilot, after }),
      chosenId ? findGateView(scope, chosenId) : null,
      show === "decided" ? [] : pausedRuns(scope),
      show === "decided" ? [] : listGraveFindings(scope),
      failingChannels(scope),
    ]);
    const last = show === "decided" || gates.length < INBOX_PAGE ? undefined : gates.at(-1);
    const shown = chosen ?? gates[0];
    return (
      <Shell data={shell} current="inbox">
        <LiveRefresh />
        <ForgeAlarm pulls={await maskValue(await listOpenPulls(scope))} />
        <ChannelAlarm channels={channels} />
        <InboxPage
          gates={gates}
          show={show}
          counts={shell.inbox}
          detail={shown ? await detailOf(scope, shown) : null}
          chosen={chosen !== null}
          filter={{ kind: kind ?? null, pilot: pilot ?? null, after: after ?? null }}
          next={last ? cursorOf(last) : null}
          now={new Date(scope.clock.now())}
          paused={show === "mine" ? pausedOf(paused, actorId(scope.actor)) : paused}
          findings={findings}
          decide={decide}
        />
      </Shell>
    );
  },
});

async function detailOf(scope: Scope, gate: GateView): Promise<InboxPageProps["detail"]> {
  const [described, approvers, again] = await Promise.all([
    describeGate(scope, gate),
    whoMayApprove(scope, gate.id),
    findAgain(scope, gate),
  ]);
  return { ...described, approvers, again };
}

const pausedRuns = async (scope: Scope) => maskValue(await listRuns(scope, { statuses: ["paused"] }));

async function gatesOf(
  scope: Scope,
  show: InboxShow,
  {
    kind = null,
    pilotId = null,
    after = null,
  }: { [K in "kind" | "pilotId" | "after"]?: InboxQuery[K] | undefined },
): Promise<readonly GateView[]> {
  switch (show) {
    case "mine":
    case "team":
      return listInbox(scope, { show, kind, pilotId, after });
    case "decided":
      return listDecisions(scope);
  }
}

/** Null for what is gone, or not theirs to see: the list is shown as it is. */
async function findGateView(scope: Scope, gateId: string): Promise<GateView | null> {
  return getGate(scope, gateId).catch((error: unknown) => {
    if (error instanceof AppError && error.code === "not_found") return null;
    throw error;
  });
}
