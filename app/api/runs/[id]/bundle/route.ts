import { Readable } from "node:stream";
import { z } from "zod";
import { tokenRoute } from "#lib/guard/token-route.ts";
import { openPatchToCheck } from "#lib/outside-checks/patch-to-check.ts";

/** The patch as a git bundle: what a check from outside fetches, tests and reports the commit of. */
export const GET = tokenRoute({
  permission: "evidence.report",
  bearers: ["token"],
  maxBytes: 0,
  params: z.object({ id: z.string().max(100) }),
  query: z.object({}),
  handler: async ({ scope, params: { id } }) => {
    const { commit, tree, size, stream } = await openPatchToCheck(scope, id);
    return new Response(Readable.toWeb(stream) as ReadableStream, {
      headers: {
        "content-type": "application/octet-stream",
        "content-length": String(size),
        "content-disposition": `attachment; filename="${commit}.bundle"`,
        "cache-control": "no-store, no-transform",
        "content-security-policy": "sandbox; default-src 'none'",
        "x-content-type-options": "nosniff",
        "x-pilothouse-commit": commit,
        "x-pilothouse-tree": tree,
      },
    });
  },
});
