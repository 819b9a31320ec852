import { z } from "zod";
import { tokenRoute } from "#lib/guard/token-route.ts";
import { getAnswer } from "#lib/releases/answer.ts";

/** What was decided about a release, for its pipeline to ask until it is. */
export const GET = tokenRoute({
  permission: "release.ask",
  bearers: ["token"],
  maxBytes: 0,
  params: z.object({ id: z.string().max(100) }),
  handler: async ({ scope, params: { id } }) => getAnswer(scope, id),
});
