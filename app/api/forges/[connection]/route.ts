import { z } from "zod";
import { takeDelivery } from "#lib/forges/take-delivery.ts";
import { readBody } from "#lib/guard/http/body.ts";
import { route } from "#lib/guard/route.ts";

/** Of calls that tell of one push or pull request; what is longer is seen by the clock. */
const maxBytes = 1024 * 1024;

/** GitHub calls here; nobody is signed in, the signature over the body says who it is. */
export const POST = route({
  permission: "public",
  maxBytes,
  params: z.object({ connection: z.string().max(100) }),
  handler: async ({ scope, params, request }) => {
    const header = (name: string) => request.headers.get(name) ?? "";
    await takeDelivery(scope, {
      connectionId: params.connection,
      deliveryId: header("x-github-delivery"),
      event: header("x-github-event"),
      signature: header("x-hub-signature-256"),
      body: await readBody(request.body, maxBytes),
    });
  },
});
