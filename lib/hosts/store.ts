import type { Db } from "../db.ts";

export interface ReachRow {
  readonly kind: "egress" | "relay_refused";
  readonly host: string | null;
  readonly port: number | null;
  readonly verdict: string | null;
  readonly rule: string | null;
  readonly method: string | null;
  readonly target: string | null;
  readonly up: bigint | null;
  readonly down: bigint | null;
  readonly times: bigint;
  readonly first: Date;
  readonly last: Date;
}

/** What the events of a pilot's runs say; of events that were taken away nothing is left. */
export async function reachOf(db: Db, pilotId: string): Promise<ReachRow[]> {
  return db.$queryRaw<ReachRow[]>`
    select e.kind, e.body ->> 'host' as host, (e.body ->> 'port')::int as port, e.body ->> 'verdict' as verdict,
      coalesce(e.body ->> 'rule', e.body ->> 'reason') as rule, e.body ->> 'method' as method,
      e.body ->> 'target' as target, sum((e.body ->> 'up')::bigint)::bigint as up,
      sum((e.body ->> 'down')::bigint)::bigint as down, sum((e.body ->> 'times')::bigint)::bigint as times,
      min(e.at) as first, max(e.at) as last
    from run r join run_event e on e.run_id = r.id and e.kind in ('egress', 'relay_refused')
    where r.pilot_id = ${pilotId} and e.body ? 'times'
    group by 1, 2, 3, 4, 5, 6, 7`;
}

export interface ModelRow {
  readonly providerId: string;
  readonly name: string;
  readonly baseUrl: string;
  readonly calls: bigint;
  readonly up: bigint;
  readonly down: bigint;
  readonly first: Date;
  readonly last: Date;
}

/** Calls of models by provider: pieces of requests once each, and answers. */
export async function modelHostsOf(db: Db, pilotId: string): Promise<ModelRow[]> {
  return db.$queryRaw<ModelRow[]>`
    with calls as (select id, provider_id, opened_at, settled_at from model_call where pilot_id = ${pilotId})
    select p.id as "providerId", p.name, p.base_url as "baseUrl", count(*) as calls,
      coalesce(sum((select sum(i.size) from model_item i where i.first_call = c.id)), 0)::bigint as up,
      coalesce(sum((select o.size from model_output o where o.call_id = c.id)), 0)::bigint as down,
      min(c.opened_at) as first, max(coalesce(c.settled_at, c.opened_at)) as last
    from calls c join provider p on p.id = c.provider_id
    group by p.id`;
}

export interface SourceRow {
  readonly source: string;
  readonly authority: string;
  readonly createdAt: Date;
  readonly mirroredAt: Date | null;
}

/** Upstream repositories that runs of the pilot worked on. */
export async function sourcesOf(db: Db, pilotId: string): Promise<SourceRow[]> {
  return db.$queryRaw<SourceRow[]>`
    select source, authority, created_at as "createdAt", mirrored_at as "mirroredAt" from repository
    where source_kind = 'https' and id in (select repository_id from run where pilot_id = ${pilotId})`;
}
