import { z } from "zod";
import { tokenRoute } from "#lib/guard/token-route.ts";
import { launchRun } from "#lib/runs/launch-run.ts";
import { LaunchRun } from "#lib/runs/schema.ts";

const { pilotId, agentId, title, task, requestKey } = LaunchRun.shape;

/** Launches a run for whom the token acts for, who counts as its launcher. The same request key gives the same run. */
export const POST = tokenRoute({
  permission: "run.launch",
  bearers: ["token"],
  maxBytes: 64 * 1024,
  input: z.strictObject({
    ...{ pilotId: pilotId.max(100), agentId: agentId.max(100) },
    ...{ title, task, requestKey },
  }),
  handler: async ({ scope, input }) => {
    const { runId } = await launchRun(scope, input);
    const path = `/api/runs/${runId}`;
    return Response.json(
      { runId, path },
      { status: 201, headers: { location: path, "cache-control": "no-store" } },
    );
  },
});
