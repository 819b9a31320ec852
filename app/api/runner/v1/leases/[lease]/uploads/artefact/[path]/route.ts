import { takeArtefact } from "#lib/artefacts/hand-in.ts";
import { badInput } from "#lib/errors.ts";
import { parseWire } from "#lib/guard/http/parse.ts";
import { runnerRoute } from "#lib/guard/runner-route.ts";
import { MOST_ARTEFACT_BYTES, PathSegment, pathIn } from "#lib/protocol/artefacts.ts";
import { AttemptHeader, LeaseParams } from "#lib/protocol/schema.ts";
import { HEADERS } from "#lib/protocol/signing.ts";

/** Into quarantine. Nothing of this API gives an artefact out again. */
export const PUT = runnerRoute({
  maxBytes: MOST_ARTEFACT_BYTES,
  params: LeaseParams.extend({ path: PathSegment }),
  stream: true,
  handler: ({ scope, params, upload, request }) => {
    const attempt = parseWire(AttemptHeader, request.headers.get(HEADERS.attempt));
    if (!upload) throw badInput("The request has no body.");
    return takeArtefact(scope, { leaseId: params.lease, attempt, path: pathIn(params.path) }, upload.stream);
  },
});
