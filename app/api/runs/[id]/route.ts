import { z } from "zod";
import { tokenRoute } from "#lib/guard/token-route.ts";
import { findShownPatch } from "#lib/patches/shown-patch.ts";
import { getRun } from "#lib/runs/service.ts";

/** How a run stands. */
export const GET = tokenRoute({
  permission: "run.view",
  bearers: ["token"],
  maxBytes: 0,
  params: z.object({ id: z.string().max(100) }),
  handler: async ({ scope, params: { id } }) => {
    const run = await getRun(scope, id);
    const patch = await findShownPatch(scope, run.id);
    return {
      ...{ id: run.id, pilotId: run.pilotId, agentId: run.agentId, kind: run.kind, title: run.title },
      ...{ status: run.status, attempt: run.attempt, baseCommit: run.baseCommit },
      patch: patch && { commit: patch.commit, tree: patch.tree, digest: patch.digest },
      ...{ charterDigest: run.charterDigest, launchedBy: run.launchedBy },
      ...{ launchedAt: run.launchedAt, startedAt: run.startedAt, endedAt: run.endedAt },
    };
  },
});
