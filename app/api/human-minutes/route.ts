import { AppError } from "#lib/errors.ts";
import { createLimiter } from "#lib/guard/rate-limit.ts";
import { route } from "#lib/guard/route.ts";
import { Beat } from "#lib/human-minutes/schema.ts";
import { beat } from "#lib/human-minutes/service.ts";
import { actorId } from "#lib/scope.ts";

/** A page speaks up three times a minute; other tabs and reloads have room. */
const limiter = createLimiter({ perMinute: 30, callers: 10_000 });

/** What a page in front of somebody tells: so long they were active since it last spoke. */
export const POST = route({
  permission: "run.view",
  maxBytes: 512,
  input: Beat,
  handler: ({ scope, input }) => {
    const retryAfter = limiter.take(actorId(scope.actor), scope.clock.now());
    if (retryAfter !== null) throw new AppError("too_many", "The page speaks up too often.", { retryAfter });
    return beat(scope, input);
  },
});
