import { Readable } from "node:stream";
import { z } from "zod";
import { openArtefact } from "#lib/artefacts/take.ts";
import { forbidden } from "#lib/errors.ts";
import { type RouteArguments, route } from "#lib/guard/route.ts";
import { isLedFromElsewhere } from "#lib/guard/rules.ts";

const Params = z.object({ id: z.string().max(100), artefact: z.string().max(100) });

type Asked = Pick<RouteArguments<z.infer<typeof Params>, unknown, unknown>, "scope" | "params">;

/** Always bytes to save, never a page: whatever a run handed in is opened by nobody's browser here. */
async function send({ scope, params: { id, artefact } }: Asked, isAcknowledged: boolean): Promise<Response> {
  const { name, size, sha256, stream } = await openArtefact(scope, {
    ...{ runId: id, artefactId: artefact, isAcknowledged },
  });
  return new Response(Readable.toWeb(stream) as ReadableStream, {
    headers: {
      "content-type": "application/octet-stream",
      "content-length": String(size),
      "content-disposition": `attachment; filename="${name}"`,
      "cache-control": "private, no-store, no-transform",
      "content-security-policy": "sandbox; default-src 'none'",
      "cross-origin-resource-policy": "same-origin",
      "x-content-type-options": "nosniff",
      "x-pilothouse-sha256": sha256,
    },
  });
}

/** What was promoted. No other site starts a download in somebody's name: the record would say that they took it. */
export const GET = route({
  permission: "artefact.take",
  maxBytes: 0,
  params: Params,
  handler: (asked) => {
    if (isLedFromElsewhere(asked.request.headers.get("sec-fetch-site")))
      throw forbidden("Another site led here. Take the artefact from the page of its run.");
    return send(asked, false);
  },
});

/** The button of the dialog that says what a file in quarantine is; the door lets no other site press it. */
export const POST = route({
  permission: "artefact.take",
  maxBytes: 0,
  params: Params,
  handler: (asked) => send(asked, true),
});
