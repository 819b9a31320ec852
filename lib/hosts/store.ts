import type { Db } from "../db.ts";
import type { Traffic } from "./schema.ts";

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
  readonly way: "fetch" | "push";
  readonly createdAt: Date;
  readonly mirroredAt: Date | null;
  /** Null where nothing was counted. */
  readonly host: string | null;
  readonly port: number | null;
  readonly up: bigint | null;
  readonly down: bigint | null;
  readonly connections: bigint | null;
  readonly first: Date | null;
  readonly last: Date | null;
}

/** Upstream repositories that runs of the pilot worked on, read for everybody, and pushed to for the pilot. */
export async function sourcesOf(db: Db, pilotId: string): Promise<SourceRow[]> {
  return db.$queryRaw<SourceRow[]>`
    select r.source, w.way, r.created_at as "createdAt", r.mirrored_at as "mirroredAt",
      t.host, t.port, t.up, t.down, t.connections, t.first, t.last
    from repository r cross join (values ('fetch'), ('push')) as w (way)
    left join repository_traffic t on t.repository_id = r.id and t.way = w.way
      and t.pilot_id = case w.way when 'push' then ${pilotId} else '' end
    where r.source_kind in ('https', 'ssh') and (w.way = 'fetch' or r.authority = 'upstream')
      and r.id in (select repository_id from run where pilot_id = ${pilotId})`;
}

/** Adds to the sums there are. */
export async function addTraffic(
  db: Db,
  of: { readonly repositoryId: string; readonly pilotId: string },
  { host, port, way, up, down, connections }: Traffic,
  at: Date,
): Promise<void> {
  await db.$executeRaw`
    insert into repository_traffic as t (repository_id, pilot_id, host, port, way, up, down, connections, first, last)
    values (${of.repositoryId}, ${of.pilotId}, ${host}, ${port}::int, ${way}, ${up}::bigint, ${down}::bigint,
      ${connections}::bigint, ${at}, ${at})
    on conflict (repository_id, pilot_id, host, port, way) do update set up = t.up + excluded.up,
      down = t.down + excluded.down, connections = t.connections + excluded.connections, last = excluded.last`;
}
