import { Readable } from "node:stream";
import { z } from "zod";
import { TakeQuery } from "#lib/artefacts/schema.ts";
import { openArtefact } from "#lib/artefacts/take.ts";
import { route } from "#lib/guard/route.ts";

/** Always bytes to save, never a page: whatever a run handed in is opened by nobody's browser here. */
export const GET = route({
  permission: "artefact.take",
  maxBytes: 0,
  params: z.object({ id: z.string().max(100), artefact: z.string().max(100) }),
  query: TakeQuery,
  handler: async ({ scope, params: { id, artefact }, query: { acknowledge } }) => {
    const { name, size, sha256, stream } = await openArtefact(scope, {
      ...{ runId: id, artefactId: artefact, isAcknowledged: acknowledge === "quarantined" },
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
  },
});
