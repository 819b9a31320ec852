import type { Db } from "../db.ts";
import type { RunStatus } from "../runs/schema.ts";

export interface RunFactsRow {
  readonly runId: string;
  readonly title: string;
  readonly status: RunStatus;
  readonly attempts: number;
  readonly minutes: number;
  readonly charged: bigint;
  readonly paths: string[] | null;
}

/** The newest runs of a pilot, newest first. */
export async function selectRuns(db: Db, pilotId: string, limit: number): Promise<RunFactsRow[]> {
  return db.$queryRaw<RunFactsRow[]>`
    select r.id as "runId", r.title, r.status, r.attempt as attempts,
      coalesce((select ceil(extract(epoch from max(l.ended_at - l.granted_at)) / 60)::int
        from lease l where l.run_id = r.id and l.phase = 'agent'), 0) as minutes,
      coalesce((select sum(c.charged_micros) from model_call c where c.run_id = r.id), 0)::bigint as charged,
      (select array(select distinct f ->> 'path' from jsonb_array_elements(p.files) as f order by 1)
        from patch p where p.run_id = r.id order by p.created_at desc, p.id desc limit 1) as paths
    from run r where r.pilot_id = ${pilotId} order by r.id desc limit ${limit}`;
}

export async function countRunsOf(db: Db, pilotId: string): Promise<number> {
  return db.run.count({ where: { pilotId } });
}

/** Commands that agents ran, each once a run; those of the harness belong to no item of an agent. */
export async function selectCommands(
  db: Db,
  runs: readonly string[],
  limit: number,
): Promise<{ runId: string; argv: string[] }[]> {
  return db.$queryRaw`
    select distinct s.run_id as "runId",
      array(select jsonb_array_elements_text(s.body -> 'argv')) as argv
    from run_event s join run_event i on i.run_id = s.run_id and i.attempt = s.attempt and i.kind = 'item_opened'
      and i.body -> 'command' = s.body -> 'command'
    where s.run_id = any(${[...runs]}) and s.kind = 'command_started' and jsonb_typeof(s.body -> 'argv') = 'array'
    order by 1 desc limit ${limit}`;
}

export async function selectHosts(
  db: Db,
  runs: readonly string[],
): Promise<{ runId: string; host: string; port: number }[]> {
  return db.$queryRaw`
    select distinct run_id as "runId", body ->> 'host' as host, (body ->> 'port')::int as port
    from run_event where run_id = any(${[...runs]}) and kind = 'egress' and body ->> 'verdict' = 'allowed'
    order by 1 desc limit 2000`;
}
