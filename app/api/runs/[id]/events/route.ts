import { z } from "zod";
import { streamRoute } from "#lib/guard/stream-route.ts";
import { resumeAfter } from "#lib/live/rules.ts";
import { subscribe } from "#lib/live/service.ts";
import { streamRows } from "#lib/live/stream-rows.ts";
import { getRun } from "#lib/runs/service.ts";
import { listShownEvents } from "#lib/timeline/service.ts";

/** A run's events, live. Resumes by Last-Event-ID, or from `after` when a page was rendered with the first ones. */
export const GET = streamRoute({
  permission: "run.view",
  maxBytes: 0,
  params: z.object({ id: z.string().max(100) }),
  query: z.object({ after: z.coerce.number().int().min(0).catch(0) }),
  handler: async ({ scope, params: { id }, query, lastEventId, signal }) => {
    await getRun(scope, id);
    return streamRows({
      read: (after, limit) => listShownEvents(scope, id, after, limit),
      after: lastEventId === null ? query.after : resumeAfter(lastEventId),
      subscribe: (wake) => subscribe("run_changed", id, wake),
      clock: scope.clock,
      signal,
    });
  },
});
