import { Readable } from "node:stream";
import { z } from "zod";
import { parseWire } from "#lib/guard/http/parse.ts";
import { runnerRoute } from "#lib/guard/runner-route.ts";
import { openBundle } from "#lib/leases/transfers.ts";
import { AttemptHeader, BundleName } from "#lib/protocol/schema.ts";
import { HEADERS } from "#lib/protocol/signing.ts";

export const GET = runnerRoute({
  maxBytes: 0,
  params: z.object({ lease: z.string(), name: BundleName }),
  handler: async ({ scope, params, request }) => {
    const attempt = parseWire(AttemptHeader, request.headers.get(HEADERS.attempt));
    const { stream, size, sha256 } = await openBundle(scope, params.lease, attempt, params.name);
    const headers = {
      "content-type": "application/octet-stream",
      [HEADERS.length]: String(size),
      [HEADERS.sha256]: sha256,
    };
    return new Response(Readable.toWeb(stream) as ReadableStream, { headers });
  },
});
