import { tokenRoute } from "#lib/guard/token-route.ts";
import { askRelease } from "#lib/releases/ask-release.ts";
import { AskRelease } from "#lib/releases/schema.ts";

/** May this commit and this artefact be deployed there? Asked again in the same words it is the same gate. */
export const POST = tokenRoute({
  permission: "release.ask",
  bearers: ["token"],
  maxBytes: 4096,
  input: AskRelease,
  handler: async ({ scope, input }) => {
    const answer = await askRelease(scope, input);
    const path = `/api/gates/${answer.gateId}`;
    const status = answer.status === "pending" ? 202 : 200;
    const headers = { location: path, "cache-control": "no-store" };
    return Response.json({ ...answer, path }, { status, headers });
  },
});
