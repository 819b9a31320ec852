// An invitation as it is sent: whether its link still lets somebody in is asked at that moment.
import type { Db } from "../../db.ts";
import type { ClaimedDelivery, Message } from "../schema.ts";
import { cleaned } from "../telling/cleaned.ts";
import { findSealedInvitation, type SealedInvitation } from "./mail-store.ts";

export interface ComposedInvitation {
  readonly message: Message;
  readonly invitation: SealedInvitation;
}

/** Null where the link was used, has ended, or has made place for another one. */
export async function composeInvitation(
  db: Db,
  { id, madeAt }: ClaimedDelivery,
  baseUrl: string,
  now: number,
): Promise<ComposedInvitation | null> {
  const invitation = await findSealedInvitation(db, id, new Date(now));
  if (!invitation) return null;
  const by = await cleaned(invitation.invitedByName ?? "Somebody who administers it");
  const message = {
    ...{ id, madeAt, url: baseUrl, isTest: false, grave: false, items: [], more: 0 },
    title: `${by} invites you to Pilothouse`,
  };
  return { message, invitation };
}
