import { z } from "zod";
import { safeNext } from "#lib/auth/rules.ts";
import { route } from "#lib/guard/route.ts";
import { backToSignIn, leaveFor } from "#lib/guard/sign-in-trip.ts";
import { beginSso } from "#lib/sso/service.ts";

/** A link and no form: a page's forms may not lead to another site. */
export const GET = route({
  permission: "public",
  maxBytes: 0,
  query: z.object({ next: z.string().max(2000).catch("/"), silent: z.string().optional() }),
  handler: async ({ scope, query }) => {
    const next = safeNext(query.next);
    const begun = await beginSso(scope, { next, silent: query.silent === "1" });
    if ("refused" in begun) return backToSignIn({ refused: begun.refused, next });
    return leaveFor(begun.url, begun.ticket);
  },
});
