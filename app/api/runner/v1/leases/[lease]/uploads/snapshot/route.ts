import { badInput } from "#lib/errors.ts";
import { parseWire } from "#lib/guard/http/parse.ts";
import { runnerRoute } from "#lib/guard/runner-route.ts";
import { takeSnapshot } from "#lib/leases/transfers.ts";
import { AttemptHeader, LeaseParams } from "#lib/protocol/schema.ts";
import { HEADERS } from "#lib/protocol/signing.ts";
import { MAX_SNAPSHOT } from "#lib/protocol/steering.ts";

export const PUT = runnerRoute({
  maxBytes: MAX_SNAPSHOT,
  params: LeaseParams,
  stream: true,
  handler: ({ scope, params, upload, request }) => {
    const attempt = parseWire(AttemptHeader, request.headers.get(HEADERS.attempt));
    if (!upload) throw badInput("The request has no body.");
    return takeSnapshot(scope, params.lease, attempt, upload.stream);
  },
});
