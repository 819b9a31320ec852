import { route } from "#lib/guard/route.ts";
import { arrive, backToSignIn, carriedTicket, toSecondStep } from "#lib/guard/sign-in-trip.ts";
import { finishSso } from "#lib/sso/service.ts";

/** Where the identity provider sends the browser back to. */
export const GET = route({
  permission: "public",
  maxBytes: 0,
  handler: async ({ scope, request, visitor }) => {
    const sealed = carriedTicket(request.headers);
    const finished = await finishSso(scope, { search: new URL(request.url).search, sealed, visitor });
    if ("step" in finished) return toSecondStep(finished.step, finished.next);
    if (!("refused" in finished)) return arrive(finished.session, finished.next);
    const { refused, next, silent } = finished;
    // Nothing was asked of anybody: the page shows how to sign in, without a reproach.
    return backToSignIn(silent && refused === "declined" ? { next } : { refused, next });
  },
});
