import { runnerRoute } from "#lib/guard/runner-route.ts";
import { heartbeat } from "#lib/leases/service.ts";
import { Heartbeat, LeaseParams } from "#lib/protocol/schema.ts";

export const POST = runnerRoute({
  maxBytes: 1024,
  params: LeaseParams,
  input: Heartbeat,
  handler: ({ scope, params, input }) => heartbeat(scope, params.lease, input.attempt, input.budget),
});
