// Deliveries as pages show them.
import type { Db } from "../db.ts";
import type { DeliveryView } from "./schema.ts";

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
