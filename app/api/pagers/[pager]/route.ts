import { z } from "zod";
import { takePagerCall } from "#lib/deliveries/pagers/take-call.ts";
import { readBody } from "#lib/guard/http/body.ts";
import { route } from "#lib/guard/route.ts";

/** Of calls that tell of one incident. */
const maxBytes = 512 * 1024;

/** PagerDuty calls here; nobody is signed in, a signature over the body says who it is. */
export const POST = route({
  permission: "public",
  maxBytes,
  params: z.object({ pager: z.string().max(100) }),
  handler: async ({ scope, params, request }) =>
    takePagerCall(scope, {
      pagerId: params.pager,
      signature: request.headers.get("x-pagerduty-signature") ?? "",
      body: await readBody(request.body, maxBytes),
    }),
});
