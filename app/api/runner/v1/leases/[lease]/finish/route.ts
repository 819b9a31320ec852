import { runnerRoute } from "#lib/guard/runner-route.ts";
import { finishLease } from "#lib/leases/service.ts";
import { Finish, LeaseParams } from "#lib/protocol/schema.ts";

export const POST = runnerRoute({
  maxBytes: 32 * 1024 * 1024,
  params: LeaseParams,
  input: Finish,
  handler: ({ scope, params, input }) => finishLease(scope, params.lease, input),
});
