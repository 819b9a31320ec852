// How the mails of invitations go, for those who invite.
import { requirePermission } from "../../authz/require.ts";
import { read } from "../../db.ts";
import type { Scope } from "../../scope.ts";
import type { InvitationMailView } from "../schema.ts";
import { findInvitationMail, findMailChannel } from "./mail-store.ts";

/** Name of the channel that invitations are mailed by; null where they are not. */
export async function invitationChannel(scope: Scope): Promise<string | null> {
  requirePermission(scope, "person.manage", null);
  return (await read(scope, findMailChannel))?.name ?? null;
}

/** Of the person's newest link; null where that one was not mailed. */
export async function viewInvitationMail(scope: Scope, personId: string): Promise<InvitationMailView | null> {
  requirePermission(scope, "person.manage", null);
  return read(scope, (db) => findInvitationMail(db, personId));
}
