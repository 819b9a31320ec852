// What the run page shows and offers beside its events: messages, asks, snapshots, and what this person may do.
import type { RunPageProps } from "#components/run/run-page.tsx";
import { steeringOf } from "#lib/agents/rules.ts";
import { listAsks } from "#lib/asks/service.ts";
import { can } from "#lib/authz/rules.ts";
import { listGatesOf } from "#lib/gates/service.ts";
import { listMessages, steerNotice } from "#lib/messages/service.ts";
import type { Charter } from "#lib/pilots/schema.ts";
import type { RunView } from "#lib/runs/schema.ts";
import { actorId, type Scope } from "#lib/scope.ts";
import { maskValue } from "#lib/secrets/mask-value.ts";
import { listSnapshots } from "#lib/snapshots/service.ts";
import { answer, cancel, pause, resume, steer, withdraw } from "./actions.ts";
import { shownAsk } from "./shown-ask.ts";

type Props = Pick<RunPageProps, "actions" | "steering" | "compose" | "decide">;

/** The caller has checked that the scope may see the run. */
export async function loadSteering(scope: Scope, run: RunView, charter: Charter): Promise<Props> {
  const steering = steeringOf(run.driver);
  const mayPause = can(scope.grants, "run.pause", run.pilotId);
  const maySteer = steering !== null && can(scope.grants, "run.steer", run.pilotId);
  const [messages, asks, gates, snapshots, notice] = await Promise.all([
    listMessages(scope, run.id),
    listAsks(scope, run.id),
    listGatesOf(scope, run.id),
    listSnapshots(scope, run.id),
    maySteer ? steerNotice(scope, run.id) : null,
  ]);
  const gateOf = (gateId: string | null) => gates.find(({ id }) => id === gateId) ?? null;
  return {
    steering: {
      messages: await maskValue(
        messages.map((message) => ({ ...message, isMine: message.sentBy === actorId(scope.actor) })),
      ),
      asks: await maskValue(asks.map((ask) => shownAsk(ask, gateOf(ask.gateId), charter))),
      snapshotBytes: Object.fromEntries(
        snapshots.filter(({ isKept }) => isKept).map(({ blobId, bytes }) => [blobId, bytes]),
      ),
    },
    compose:
      steering && notice
        ? { steering, send: steer, withdraw, notice: { text: notice.sentence, serious: !notice.isEnough } }
        : null,
    decide: answer,
    actions: {
      cancel: can(scope.grants, "run.cancel", run.pilotId) ? cancel : null,
      pause: mayPause ? pause : null,
      resume: mayPause ? resume : null,
      hasSession: steering !== null,
    },
  };
}
