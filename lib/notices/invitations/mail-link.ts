// A one-time link that goes out by mail as well, where there is a channel for mail. In clear it exists here for as long as
// one request takes; what is kept is sealed to the worker, and is deleted with the end of its delivery.
import type { OneTimeLink } from "../../auth/schema.ts";
import type { Tx } from "../../db.ts";
import { newId } from "../../ids.ts";
import { actorId, type Scope } from "../../scope.ts";
import { sealInvitationLink } from "../../sealing/invitation-link.ts";
import { findNoticeKey } from "../channel-store.ts";
import { insertDelivery } from "../delivery-store.ts";
import { findMailChannel, insertInvitationMail } from "./mail-store.ts";

export interface LinkToMail extends Pick<OneTimeLink, "path"> {
  readonly linkId: string;
  readonly personId: string;
}

/** Nothing where no mail can be sent: whoever invites has the link. In the transaction that makes it. */
export async function mailLink(tx: Tx, scope: Scope, { linkId, personId, path }: LinkToMail): Promise<void> {
  const channel = await findMailChannel(tx.db);
  const key = await findNoticeKey(tx.db);
  if (!channel || !key) return;
  const now = scope.clock.now();
  const deliveryId = newId("delivery", now);
  const at = { madeAt: new Date(now), nextAt: new Date(now) };
  await insertDelivery(tx.db, {
    ...{ id: deliveryId, channelId: channel.id, recipient: personId, purpose: "invitation", ...at },
  });
  const sealed = sealInvitationLink(key.publicKey, { deliveryId, linkId, personId }, path);
  await insertInvitationMail(tx.db, {
    ...{ deliveryId, linkId, personId, invitedBy: actorId(scope.actor), noticeKeyId: key.id },
    sealed: new Uint8Array(sealed),
  });
  tx.record({
    kind: "person.link_mailed",
    about: [`person:${personId}`, `channel:${channel.id}`],
    detail: { link: linkId, delivery: deliveryId },
  });
}
