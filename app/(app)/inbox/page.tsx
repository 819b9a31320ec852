import { z } from "zod";
import { InboxPage, type InboxShow } from "#components/inbox/inbox-page.tsx";
import { countsOf, isMine, pausedOf } from "#components/inbox/inbox-rules.ts";
import { ChannelAlarm } from "#components/notices/channel-alarm.tsx";
import { LiveRefresh } from "#components/shell/live-refresh.tsx";
import { Shell } from "#components/shell/shell.tsx";
import { listGraveFindings } from "#lib/findings/service.ts";
import type { GateView } from "#lib/gates/schema.ts";
import { listDecisions, listInbox } from "#lib/gates/service.ts";
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
  }),
  handler: async ({ scope, session, query: { show, gate: chosenId } }) => {
    const open = await listInbox(scope);
    const mine = open.filter(isMine);
    const gates = await gatesOf(scope, show, open, mine);
    const chosen = gates.find(({ id }) => id === chosenId);
    const shown = chosen ?? gates[0];
    const paused = await pausedRuns(scope);
    const me = actorId(scope.actor);
    return (
      <Shell data={await loadShell(scope, session)} current="inbox">
        <LiveRefresh />
        <ChannelAlarm channels={await failingChannels(scope)} />
        <InboxPage
          gates={gates}
          show={show}
          counts={countsOf(open, paused, me)}
          detail={shown ? await describeGate(scope, shown) : null}
          chosen={chosen !== undefined}
          now={new Date(scope.clock.now())}
          paused={show === "decided" ? [] : show === "team" ? paused : pausedOf(paused, me)}
          findings={show === "decided" ? [] : await listGraveFindings(scope)}
          decide={decide}
        />
      </Shell>
    );
  },
});

const pausedRuns = async (scope: Scope) => maskValue(await listRuns(scope, { statuses: ["paused"] }));

async function gatesOf(
  scope: Scope,
  show: InboxShow,
  open: readonly GateView[],
  mine: readonly GateView[],
): Promise<readonly GateView[]> {
  switch (show) {
    case "mine":
      return mine;
    case "team":
      return open;
    case "decided":
      return listDecisions(scope);
  }
}
