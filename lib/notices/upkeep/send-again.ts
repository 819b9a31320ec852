// What failed or was given up goes out once more, when somebody who looks after channels says so. The id stays: whoever
// got it after all knows it by that. What it says, and whether it is still to be said, is asked anew as it is sent.
import { requirePermission } from "../../authz/require.ts";
import { transaction } from "../../db.ts";
import { conflict, notFound } from "../../errors.ts";
import type { Scope } from "../../scope.ts";
import { lockChannel } from "../channel-store.ts";
import { markAgain } from "../delivery-store.ts";
import type { SendAgain } from "../schema.ts";

export async function sendAgain(scope: Scope, { channelId, deliveryId }: SendAgain): Promise<void> {
  requirePermission(scope, "channel.manage", null);
  await transaction(scope, async (tx) => {
    const channel = await lockChannel(tx.db, channelId);
    if (!channel || channel.removedAt !== null) throw notFound("channel");
    const at = new Date(scope.clock.now());
    if (!(await markAgain(tx.db, { channelId, deliveryId, at })))
      throw conflict("Only what failed or was given up is sent again.");
    tx.record({
      kind: "channel.resend_asked",
      about: [`channel:${channelId}`],
      detail: { delivery: deliveryId },
    });
  });
}
