import { z } from "zod";
import { listPoints } from "#lib/drift/service.ts";
import { streamRoute } from "#lib/guard/stream-route.ts";
import { frame, resumeAfter } from "#lib/live/rules.ts";
import { subscribe } from "#lib/live/service.ts";
import { streamRows } from "#lib/live/stream-rows.ts";
import { messageSteps } from "#lib/messages/service.ts";
import { getRun } from "#lib/runs/service.ts";
import { listShownEvents } from "#lib/timeline/service.ts";

/** Events that the worker may be behind with counting. */
const BEHIND = 500;

/** A run's events, its drift and what happens to messages to its agent, live. Resumes by Last-Event-ID, or from `after` when a page was rendered with the first ones. */
export const GET = streamRoute({
  permission: "run.view",
  maxBytes: 0,
  params: z.object({ id: z.string().max(100) }),
  query: z.object({ after: z.coerce.number().int().min(0).catch(0) }),
  handler: async ({ scope, params: { id }, query, lastEventId, signal }) => {
    await getRun(scope, id);
    const start = lastEventId === null ? query.after : resumeAfter(lastEventId);
    // The worker may have been behind when the page was made; a point that comes twice is the same.
    let drawn = Math.max(0, start - BEHIND);
    const drift = async (): Promise<string> => {
      const points = await listPoints(scope, id, drawn);
      drawn = points.at(-1)?.seq ?? drawn;
      return points.length === 0 ? "" : frame({ event: "drift", data: points });
    };
    // Messages are read by the page, through its own door: only how far they are is said.
    let told = -1;
    const talk = async (): Promise<string> => {
      const steps = await messageSteps(scope, id);
      if (steps === told) return "";
      told = steps;
      return frame({ event: "talk", data: steps });
    };
    return streamRows({
      read: (after, limit) => listShownEvents(scope, id, after, limit),
      after: start,
      subscribe: (wake) => subscribe("run_changed", id, wake),
      beside: async () => (await drift()) + (await talk()),
      clock: scope.clock,
      signal,
    });
  },
});
