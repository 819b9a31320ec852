// Deliveries as pages show them.
import type { Db } from "../db.ts";
import type { DeliveryView, NoticeKind } from "./schema.ts";

const SHOWN = 50;

/** Of a channel, or to a person; newest first. */
export async function selectDeliveries(
  db: Db,
  channelId: string | null,
  recipient: string | null,
): Promise<DeliveryView[]> {
  return db.$queryRaw<DeliveryView[]>`
    select d.id, p.name as "recipientName", d.purpose, d.state, d.attempts, d.made_at as "madeAt",
      d.next_at as "nextAt", d.sent_at as "sentAt", d.reason,
      array(select distinct n.kind from notice n where n.delivery_id = d.id order by 1) as kinds
    from notice_delivery d left join person p on p.id = d.recipient
    where (${channelId}::text is null or d.channel_id = ${channelId})
      and (${recipient}::text is null or d.recipient = ${recipient})
    order by d.made_at desc, d.id desc limit ${SHOWN}`;
}

export interface SubscriberRow {
  readonly personId: string;
  readonly name: string;
  readonly isDisabled: boolean;
  readonly pilotId: string;
  readonly pilotName: string | null;
  readonly kinds: readonly NoticeKind[];
}

/** Who asked to be told by a channel, by name; once for each pilot. */
export async function selectSubscribersOf(db: Db, channelId: string): Promise<SubscriberRow[]> {
  return db.$queryRaw<SubscriberRow[]>`
    select s.person_id as "personId", coalesce(p.name, s.person_id) as name,
      coalesce(p.disabled_at is not null, true) as "isDisabled", s.pilot_id as "pilotId", o.name as "pilotName",
      array_agg(s.kind order by s.kind) as kinds
    from notice_subscription s left join person p on p.id = s.person_id left join pilot o on o.id = s.pilot_id
    where s.channel_id = ${channelId}
    group by s.person_id, p.name, p.disabled_at, s.pilot_id, o.name order by 2, 1, 4`;
}
