import { runnerRoute } from "#lib/guard/runner-route.ts";
import { appendRunnerEvents } from "#lib/leases/service.ts";
import { EventBatch, LeaseParams } from "#lib/protocol/schema.ts";

export const POST = runnerRoute({
  maxBytes: 4 * 1024 * 1024,
  params: LeaseParams,
  input: EventBatch,
  handler: ({ scope, params, input }) => appendRunnerEvents(scope, params.lease, input),
});
