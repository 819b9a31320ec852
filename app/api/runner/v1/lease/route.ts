import { SECOND, systemClock } from "#lib/clock.ts";
import { refused } from "#lib/errors.ts";
import { runnerRoute } from "#lib/guard/runner-route.ts";
import { grantLease } from "#lib/leases/grant-lease.ts";
import { subscribe } from "#lib/live/service.ts";
import { ACCEPTED_VERSIONS, LeaseRequest } from "#lib/protocol/schema.ts";
import { noteContact } from "#lib/runners/service.ts";

/** Not everything that frees work says so: ask again at this pace while the poll is held open. */
const STEP = 3 * SECOND;

export const POST = runnerRoute({
  maxBytes: 16_384,
  input: LeaseRequest,
  handler: async ({ scope, runner, input, request }) => {
    if (!ACCEPTED_VERSIONS.includes(input.version)) {
      throw refused(
        `This control plane speaks protocol ${ACCEPTED_VERSIONS.join(", ")}; the runner speaks ${input.version}. Update the older one.`,
      );
    }
    const end = scope.clock.now() + input.waitSeconds * SECOND;
    for (;;) {
      const woken = new AbortController();
      const stop = subscribe("work_waiting", null, () => woken.abort());
      try {
        await noteContact(scope, runner.id, input);
        const assignment = await grantLease(scope, runner.id, input);
        const left = end - scope.clock.now();
        if (assignment || left <= 0 || request.signal.aborted) return assignment ?? undefined;
        const signal = AbortSignal.any([woken.signal, request.signal]);
        await systemClock.sleep(Math.min(STEP, left), signal).catch(() => undefined); // woken early: look again
      } finally {
        stop();
      }
    }
  },
});
