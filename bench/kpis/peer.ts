// The same board as one would write it without facts: from runs, patches, merges, gates, findings and calls as they stand,
// one statement a subject. It tells values alone: no intervals, nothing of what matures.
import pg from "pg";

const RUNS = `
  select count(*) filter (where status = 'merged'),
    percentile_cont(0.5) within group (order by ended_at - launched_at) filter (where status = 'merged'),
    percentile_cont(0.9) within group (order by ended_at - launched_at) filter (where status = 'merged'),
    percentile_cont(0.5) within group (order by ended_at - review_opened_at) filter (where status = 'merged'),
    percentile_cont(0.9) within group (order by ended_at - review_opened_at) filter (where status = 'merged'),
    avg((status = 'merged')::int), avg((status = 'rejected')::int), avg((status = 'failed' and not no_change)::int)
  from run where pilot_id = $1 and kind <> 'revert' and ended_at >= $2 and ended_at < $3`;

const COSTS = `
  select avg(coalesce(c.charged, 0)), sum(c.charged)
  from run r left join (select run_id, sum(charged_micros) as charged from model_call where pilot_id = $1 group by 1) c on c.run_id = r.id
  where r.pilot_id = $1 and r.kind <> 'revert' and r.ended_at >= $2 and r.ended_at < $3`;

const MERGES = `
  select count(*) filter (where w.state = 'held' and s.broken is null and e.verdict = 'verified'),
    avg((s.reverted is not null)::int) filter (where w.settled_at is not null)
  from run r join merge m on m.run_id = r.id and m.state = 'moved' join merge_watch w on w.merge_id = m.id
    left join (select merge_id, min(at) filter (where kind = 'check_failed') as broken,
      min(at) filter (where kind in ('reverted_here', 'reverted_by_hand', 'rewritten')) as reverted
      from merge_sighting group by 1) s on s.merge_id = m.id
    left join (select distinct on (patch_id) patch_id, verdict from evidence order by patch_id, created_at desc) e on e.patch_id = m.patch_id
  where r.pilot_id = $1 and r.kind <> 'revert' and w.merged_at >= $2 and w.merged_at < $3`;

const PATCHES = `
  select avg((e.verdict in ('regressed', 'not_repaired', 'untrustworthy'))::int),
    avg((r.status = 'rejected' and r.rejected_as = 'wrong' and p.attempt = r.attempt)::int),
    avg((s.merge_id is not null)::int) filter (where w.settled_at is not null)
  from run r join patch p on p.run_id = r.id
    left join (select distinct on (patch_id) patch_id, verdict, created_at from evidence order by patch_id, created_at desc) e on e.patch_id = p.id
    left join merge m on m.patch_id = p.id and m.state = 'moved' left join merge_watch w on w.merge_id = m.id
    left join (select distinct merge_id from merge_sighting where kind <> 'changed_again') s on s.merge_id = m.id
  where r.pilot_id = $1 and r.kind <> 'revert'
    and coalesce(m.settled_at, r.ended_at, e.created_at) >= $2 and coalesce(m.settled_at, r.ended_at, e.created_at) < $3`;

const GATES = `
  select percentile_cont(0.5) within group (order by g.decided_at - g.created_at),
    percentile_cont(0.9) within group (order by g.decided_at - g.created_at),
    avg((g.status = 'approved' and not exists (select from gate b where b.run_id = g.run_id and b.kind = g.kind
      and b.status = 'void' and b.created_at < g.created_at))::int)
  from gate g where g.pilot_id = $1 and g.status in ('approved', 'denied') and g.decided_at >= $2 and g.decided_at < $3`;

const FINDINGS = `
  select count(*) filter (where s.to_state = 'validated'), avg((s.to_state = 'validated')::int),
    percentile_cont(0.5) within group (order by f.opened_at - c.first_at),
    percentile_cont(0.9) within group (order by f.opened_at - c.first_at)
  from finding f left join finding_count c on c.finding_id = f.id
    left join (select distinct on (finding_id) finding_id, to_state from finding_step order by finding_id, number desc) s on s.finding_id = f.id
  where f.pilot_id = $1 and f.opened_at >= $2 and f.opened_at < $3`;

const STOPS = `
  select percentile_cont(0.5) within group (order by stop_ms) from stop_reach
  where pilot_id = $1 and pulled_at >= $2 and pulled_at < $3`;

const STATEMENTS = [RUNS, COSTS, MERGES, PATCHES, GATES, FINDINGS, STOPS];

/** Three numbers alone, from what runners and workers told: every run's moves stand among its events. */
const EVENTS = `
  select count(*) filter (where e.last = 'merged'), percentile_cont(0.5) within group (order by e.ended - r.launched_at),
    avg((e.last = 'rejected')::int)
  from run r join (select run_id, max(at) as ended, (array_agg(body ->> 'to' order by seq desc))[1] as last
    from run_event where kind = 'status_changed' group by 1) e on e.run_id = r.id
  where r.pilot_id = $1 and e.ended >= $2 and e.ended < $3`;

/** One count by one index of one fact. */
const FLOOR = "select count(*) from run_fact where pilot_id = $1 and ended_at >= $2 and ended_at < $3";

export interface Asked {
  readonly pilotId: string;
  readonly from: Date;
  readonly to: Date;
}

export interface Peer {
  /** Milliseconds of each. */
  board(): Promise<number>;
  events(): Promise<number>;
  floor(): Promise<number>;
  close(): Promise<void>;
}

/** As many connections as the product's own pool has. */
export function openPeer(connectionString: string, { pilotId, from, to }: Asked): Peer {
  const pool = new pg.Pool({ connectionString, max: 10 });
  const timed = async (statements: readonly string[]) => {
    const began = performance.now();
    await Promise.all(statements.map((text) => pool.query(text, [pilotId, from, to])));
    return performance.now() - began;
  };
  return {
    board: () => timed(STATEMENTS),
    events: () => timed([EVENTS]),
    floor: () => timed([FLOOR]),
    close: () => pool.end(),
  };
}
