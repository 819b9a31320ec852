import { SECOND, systemClock } from "#lib/clock.ts";
import { runnerRoute } from "#lib/guard/runner-route.ts";
import { heartbeat, leaseStands } from "#lib/leases/service.ts";
import { subscribe } from "#lib/live/service.ts";
import { Heartbeat, LeaseParams } from "#lib/protocol/schema.ts";

export const POST = runnerRoute({
  maxBytes: 1024,
  params: LeaseParams,
  input: Heartbeat,
  handler: async ({ scope, params, input, request }) => {
    const { attempt, budget, waitSeconds } = input;
    if (waitSeconds === 0) return heartbeat(scope, params.lease, attempt, budget);
    const woken = new AbortController();
    const stop = subscribe("lease_ended", params.lease, () => woken.abort());
    try {
      // Looked at after listening began: an end that comes between is not missed.
      const answer = await heartbeat(scope, params.lease, attempt);
      if (answer.directive === "cancel") return answer;
      const signal = AbortSignal.any([woken.signal, request.signal]);
      await systemClock.sleep(waitSeconds * SECOND, signal).catch(() => undefined); // woken early: look again
      return await leaseStands(scope, params.lease, attempt, budget);
    } finally {
      stop();
    }
  },
});
