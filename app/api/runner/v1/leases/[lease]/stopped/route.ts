import { runnerRoute } from "#lib/guard/runner-route.ts";
import { LeaseParams, Stopped } from "#lib/protocol/schema.ts";
import { noteStopped } from "#lib/stop-times/service.ts";

export const POST = runnerRoute({
  maxBytes: 1024,
  params: LeaseParams,
  input: Stopped,
  handler: ({ scope, params, input }) => noteStopped(scope, params.lease, input),
});
