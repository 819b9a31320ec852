import { streamRoute } from "#lib/guard/stream-route.ts";
import { subscribe } from "#lib/live/service.ts";
import { streamRows } from "#lib/live/stream-rows.ts";

/** Says that something was recorded, never what: open pages read again through their own doors. */
export const GET = streamRoute({
  permission: "signed_in",
  maxBytes: 0,
  handler: ({ scope, signal }) => {
    let changes = 0;
    return streamRows({
      read: async (after) => (changes > after ? [{ seq: changes }] : []),
      after: 0,
      subscribe: (wake) =>
        subscribe("record_grew", null, () => {
          changes += 1;
          wake();
        }),
      clock: scope.clock,
      signal,
    });
  },
});
