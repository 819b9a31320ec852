import type { Db } from "../db.ts";

export interface RefusedKey {
  readonly callId: string;
  readonly pilotId: string;
  readonly providerName: string;
  readonly status: number;
}

/** Calls settled since then whose key the provider did not take, of pilots that are active. */
export async function selectRefusedKeys(db: Db, since: Date, limit: number): Promise<RefusedKey[]> {
  return db.$queryRaw<RefusedKey[]>`
    select c.id as "callId", c.pilot_id as "pilotId", v.name as "providerName", c.http_status as status
    from model_call c join provider v on v.id = c.provider_id join pilot p on p.id = c.pilot_id
    where 'provider_unauthorized' = any(c.flags) and c.settled_at > ${since} and p.status = 'active'
    order by c.settled_at limit ${limit}`;
}
