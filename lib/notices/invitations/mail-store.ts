// Rows of invitations that go by mail. Web writes what is sealed and never reads it back.
import type { Db } from "../../db.ts";
import type { InvitationMailView } from "../schema.ts";

/** The channel that mails go by: one that works before one that does not, the oldest first. */
export async function findMailChannel(db: Db): Promise<{ id: string; name: string } | null> {
  const [row] = await db.$queryRaw<{ id: string; name: string }[]>`
    select c.id, c.name from notice_channel c left join notice_channel_state s on s.channel_id = c.id
    where c.kind = 'smtp' and c.removed_at is null
    order by s.failing_since is not null, c.created_at, c.id limit 1`;
  return row ?? null;
}

export interface NewInvitationMail {
  readonly deliveryId: string;
  readonly linkId: string;
  readonly personId: string;
  readonly invitedBy: string;
  readonly noticeKeyId: string;
  readonly sealed: Uint8Array<ArrayBuffer>;
}

/** Plain SQL: what inserts through Prisma reads back. */
export async function insertInvitationMail(db: Db, row: NewInvitationMail): Promise<void> {
  await db.$executeRaw`
    insert into invitation_mail (delivery_id, link_id, person_id, invited_by, notice_key_id, sealed)
    values (${row.deliveryId}, ${row.linkId}, ${row.personId}, ${row.invitedBy}, ${row.noticeKeyId}, ${row.sealed})`;
}

export interface SealedInvitation {
  readonly deliveryId: string;
  readonly linkId: string;
  readonly personId: string;
  readonly invitedByName: string | null;
  readonly expiresAt: Date;
  readonly sealed: Uint8Array;
}

/** With what is sealed; for the worker alone. Null where its link lets nobody in any more. */
export async function findSealedInvitation(
  db: Db,
  deliveryId: string,
  now: Date,
): Promise<SealedInvitation | null> {
  const [row] = await db.$queryRaw<SealedInvitation[]>`
    select m.delivery_id as "deliveryId", m.link_id as "linkId", m.person_id as "personId", p.name as "invitedByName",
      l.expires_at as "expiresAt", m.sealed
    from invitation_mail m join one_time_link l on l.id = m.link_id left join person p on p.id = m.invited_by
    where m.delivery_id = ${deliveryId} and m.sealed is not null and l.used_at is null and l.expires_at > ${now}`;
  return row ?? null;
}

/** How the mail with the person's newest link goes; null where that one was not mailed. */
export async function findInvitationMail(db: Db, personId: string): Promise<InvitationMailView | null> {
  const [row] = await db.$queryRaw<InvitationMailView[]>`
    select d.state, d.reason, d.made_at as "madeAt", d.next_at as "nextAt", d.sent_at as "sentAt"
    from invitation_mail m join notice_delivery d on d.id = m.delivery_id
    where m.link_id = (select l.id from one_time_link l where l.person_id = ${personId}
      order by l.created_at desc, l.id desc limit 1)`;
  return row ?? null;
}
