import { SECOND, systemClock } from "#lib/clock.ts";
import { runnerRoute } from "#lib/guard/runner-route.ts";
import { readInbox } from "#lib/leases/read-inbox.ts";
import { subscribe } from "#lib/live/service.ts";
import { LeaseParams } from "#lib/protocol/schema.ts";
import { InboxRequest } from "#lib/protocol/steering.ts";

/** A wake-up call that is lost costs so much. */
const STEP = 5 * SECOND;

export const POST = runnerRoute({
  maxBytes: 1024,
  params: LeaseParams,
  input: InboxRequest,
  handler: async ({ scope, params, input, request }) => {
    const end = scope.clock.now() + input.waitSeconds * SECOND;
    const { runId, items } = await readInbox(scope, params.lease, input);
    if (items.length > 0) return { items };
    for (;;) {
      const woken = new AbortController();
      const stop = subscribe("inbox_grew", runId, () => woken.abort());
      try {
        // Looked at after listening began: what came between is not missed. A lease that ended meanwhile says so.
        const { items } = await readInbox(scope, params.lease, input);
        const left = end - scope.clock.now();
        if (items.length > 0 || left <= 0 || request.signal.aborted) return { items };
        const signal = AbortSignal.any([woken.signal, request.signal]);
        await systemClock.sleep(Math.min(STEP, left), signal).catch(() => undefined); // woken early: look again
      } finally {
        stop();
      }
    }
  },
});
