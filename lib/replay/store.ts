import type { Db } from "../db.ts";
import type { RunStatus } from "../runs/schema.ts";
import type { GivenApproval } from "./schema.ts";

export interface RunFactsRow {
  readonly runId: string;
  readonly title: string;
  readonly status: RunStatus;
  readonly lost: number;
  readonly minutes: number;
  readonly charged: bigint;
  readonly paths: string[] | null;
  readonly files: number;
  readonly lines: number;
  readonly canary: { readonly isKnown: boolean; readonly hasFailed: boolean } | null;
}

/** The newest runs of a pilot, newest first. */
export async function selectRuns(
  db: Db,
  pilotId: string,
  { limit, lostReason }: { limit: number; lostReason: string },
): Promise<RunFactsRow[]> {
  return db.$queryRaw<RunFactsRow[]>`
    select r.id as "runId", r.title, r.status,
      coalesce((select max(n) from (select count(*)::int as n from lease l
        where l.run_id = r.id and l.end_reason = ${lostReason} group by l.phase) as phases), 0) as lost,
      coalesce((select ceil(extract(epoch from max(l.ended_at - l.granted_at)) / 60)::int
        from lease l where l.run_id = r.id and l.phase = 'agent'), 0) as minutes,
      coalesce((select sum(c.charged_micros) from model_call c where c.run_id = r.id), 0)::bigint as charged,
      (select array(select distinct path from jsonb_array_elements(p.files) as f,
          unnest(array[f ->> 'path', f ->> 'previousPath']) as path where path is not null order by 1)
        from patch p where p.id = newest.id) as paths,
      coalesce(newest.files, 0) as files, coalesce(newest.lines, 0) as lines,
      (select jsonb_build_object(
          'isKnown', jsonb_path_exists(e.canonical::jsonb, '$.checks.frameworks[*]'),
          'hasFailed', jsonb_path_exists(e.canonical::jsonb, '$.observations[*] ? (@.tree == "base_on_patch" && @.canary.failed > 0)'))
        from evidence e where e.patch_id = newest.id order by e.created_at desc, e.id desc limit 1) as canary
    from run r left join lateral (select p.id, (select count(*)::int + count(f ->> 'previousPath')::int
          from jsonb_array_elements(p.files) as f) as files,
        (select coalesce(sum(coalesce((f ->> 'added')::int, 0) + coalesce((f ->> 'removed')::int, 0)), 0)::int
          from jsonb_array_elements(p.files) as f) as lines
      from patch p where p.run_id = r.id order by p.created_at desc, p.id desc limit 1) newest on true
    where r.pilot_id = ${pilotId} order by r.id desc limit ${limit}`;
}

export async function countRunsOf(db: Db, pilotId: string): Promise<number> {
  return db.run.count({ where: { pilotId } });
}

export interface CommandRow {
  readonly runId: string;
  readonly argv: string[];
  /** How many there are, with those that are not among these. */
  readonly of: number;
}

/**
 * Commands that agents ran, each once a run, those of the newest runs first; those of the harness belong to no item of an
 * agent. As many as are within both limits: an agent decides how long its commands are. Events are grouped, not joined: of
 * 600,000 in 200 runs a join took 25 s where the planner looked each one up.
 */
export async function selectCommands(
  db: Db,
  runs: readonly string[],
  { most, characters }: { most: number; characters: number },
): Promise<CommandRow[]> {
  return db.$queryRaw`
    select "runId", argv, "of" from (
      select run_id as "runId", argv, count(*) over ()::int as "of",
        sum(length(argv::text)) over (order by run_id desc, argv rows unbounded preceding) as read
      from (
        select distinct run_id, argv from (
          select run_id, jsonb_agg(body -> 'argv') filter (where kind = 'command_started') as started
          from run_event
          where run_id = any(${[...runs]}) and kind in ('command_started', 'item_opened')
            and jsonb_typeof(body -> 'command') = 'number'
          group by run_id, attempt, body -> 'command' having bool_or(kind = 'item_opened')
        ) as command, jsonb_array_elements(started) as argv
        where jsonb_typeof(argv) = 'array'
      ) as once
    ) as counted
    where read <= ${characters} order by "runId" desc, argv limit ${most}`;
}

export async function selectHosts(
  db: Db,
  runs: readonly string[],
): Promise<{ runId: string; host: string; port: number }[]> {
  return db.$queryRaw`
    select distinct run_id as "runId", body ->> 'host' as host, (body ->> 'port')::int as port
    from run_event where run_id = any(${[...runs]}) and kind = 'egress'
    order by 1 desc limit 2000`;
}

/** The newest approvals at gates of the pilot that count, with how each was given. */
export async function selectApprovals(db: Db, pilotId: string, most: number): Promise<GivenApproval[]> {
  return db.$queryRaw`
    select g.id as gate, g.kind, g.status = 'approved' as "isApproved", a.role, a.assertion is not null as "isSigned"
    from approval a join gate g on g.id = a.gate_id
    where g.pilot_id = ${pilotId} and a.decision = 'approve' and a.withdrawn_at is null order by a.created_at desc, a.id desc limit ${most}`;
}
