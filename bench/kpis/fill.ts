// Runs of a year in a minute: rows as the product leaves them, with what a board of numbers is told from. Triggers rest
// meanwhile; the facts are then computed by the functions that triggers call.
import type pg from "pg";
import { newId } from "#lib/ids.ts";

/** The most runs that a charter gives a pilot. */
const MOST_RUNS_OF_PILOT = 10_000;
export const EVENTS_OF_RUN = 100;

export interface Filled {
  readonly runs: number;
  readonly events: number;
  readonly pilots: readonly string[];
}

/** Ids of this month, so that events have their partition; 22 characters as all ids have. */
const prefixOf = (id: string) => id.slice(0, 13);
const PREFIX = {
  run: prefixOf(newId("run")),
  patch: prefixOf(newId("patch")),
  merge: prefixOf(newId("merge")),
  gate: prefixOf(newId("gate")),
};
const idOf = (prefix: string, n: string) => `'${prefix}' || lpad((${n})::text, 13, '0')`;
const RUN = idOf(PREFIX.run, "n");
const HEX40 = `'${"a".repeat(40)}'`;
const HEX64 = `'${"a".repeat(64)}'`;
const BYTES32 = `'\\x${"a5".repeat(32)}'::bytea`;
/** 0 to 999, the same at every run. */
const chance = (salt: number) => `((n * 7919::bigint + ${salt} * 104729::bigint) % 1000)`;
const minutes = (amount: string) => `(${amount}) * interval '1 minute'`;

/** Of a hundred runs 55 merge, 15 are rejected, 10 fail, 10 propose nothing, 5 are cancelled and 5 wait for a review. */
const RUNS = `
  insert into run (id, pilot_id, repository_id, agent_id, charter_id, charter_digest, kind, title, status, base_commit, attempt,
    launched_by, request_key, launched_at, started_at, review_opened_at, ended_at, no_change, rejected_as)
  select ${RUN}, ($2::text[])[n % $3 + 1], 'rep_bench', 'agt_bench' || n % 3, 'cha_bench', ${HEX64},
    case n % 4 when 0 then 'chore' else 'fix' end, 'Mend part ' || n, status, ${HEX40}, case when n % 4 = 0 then 2 else 1 end,
    'per_bench', 'bench' || n, at, at + interval '1 minute',
    case when status in ('merged', 'rejected', 'in_review') then at + ${minutes(`20 + ${chance(1)} % 60`)} end,
    case when status <> 'in_review' then at + ${minutes(`90 + ${chance(2)} * ${chance(3)} / 500`)} end,
    luck between 800 and 899, case when status = 'rejected' and n % 2 = 0 then 'wrong' end
  from (
    select n, at, luck, case when luck < 550 then 'merged' when luck < 700 then 'rejected' when luck < 900 then 'failed'
      when luck < 950 then 'cancelled' else 'in_review' end as status
    from (
      select n, ${chance(4)} as luck, now() - interval '364 days' + (n::float8 / $1) * interval '363 days' as at
      from generate_series(0, $1::int - 1) n
    ) drawn
  ) runs`;

/** Every fourth run proposed two. */
const PATCHES = `
  insert into patch (id, run_id, attempt, base_commit, base_tree, tree, commit, digest, manifest_blob_id, diff_blob_id,
    bundle_blob_id, files, flags, added, removed, created_at)
  select '${PREFIX.patch}' || nth || substr(id, 15), id, nth, ${HEX40}, ${HEX40}, md5(id || nth), md5(id || nth),
    ${HEX64}, 'blb_bench', 'blb_bench', 'blb_bench', '[]', '[]', 10, 3,
    launched_at + ${minutes("10 * nth")}
  from run cross join generate_series(1, 2) nth
  where run.review_opened_at is not null and nth <= run.attempt`;

const EVIDENCE = `
  insert into evidence (id, run_id, patch_id, attempt, runner_id, same_host, verdict, canonical, digest, created_at)
  select 'evi' || substr(p.id, 4), run_id, p.id, attempt, 'rnr_bench', false,
    case when attempt = 1 and substr(p.id, 26)::int % 8 = 0 then 'regressed' else 'verified' end, '{}', ${HEX64},
    created_at + interval '3 minutes' from patch p`;

const GATES = `
  insert into gate (id, kind, pilot_id, run_id, status, document, digest, needed, roles, barred, opened_by, created_at, expires_at, decided_at)
  select '${PREFIX.gate}' || part || substr(r.id, 15), case part when 1 then 'merge' else 'command' end, pilot_id, r.id,
    case when part = 2 then 'approved' when status = 'merged' then 'approved' when status = 'rejected' then 'denied' else 'open' end,
    '{}', ${HEX64}, 1, array['engineering_lead'], array[]::text[], 'worker', g.at, g.at + interval '3 days',
    case when part = 2 then g.at + interval '7 minutes' when status <> 'in_review' then r.ended_at - interval '1 minute' end
  from run r cross join generate_series(1, 2) part
    cross join lateral (select case part when 1 then r.review_opened_at else r.launched_at + interval '2 minutes' end as at) g
  where r.review_opened_at is not null and (part = 1 or r.agent_id = 'agt_bench1')`;

const APPROVALS = `
  insert into approval (id, gate_id, person_id, role, decision, digest, created_at)
  select 'apr' || substr(id, 4), id, 'per_bench', 'engineering_lead', case status when 'approved' then 'approve' else 'deny' end,
    digest, decided_at from gate where decided_at is not null`;

const MERGES = `
  insert into merge (id, run_id, gate_id, patch_id, state, target_ref, expected_old, message, new_commit, created_at, settled_at)
  select '${PREFIX.merge}' || substr(r.id, 14), r.id, '${PREFIX.gate}1' || substr(r.id, 15),
    '${PREFIX.patch}' || r.attempt || substr(r.id, 15), 'moved', 'refs/heads/main', ${HEX40}, 'Mend', md5(r.id) || 'aaaaaaaa',
    ended_at, ended_at from run r where status = 'merged'`;

const WATCHES = `
  insert into merge_watch (merge_id, run_id, repository_id, target_ref, commit, merged_at, until, state, settled_at)
  select id, run_id, 'rep_bench', target_ref, new_commit, settled_at, settled_at + interval '336 hours',
    case when bad then 'reverted' when settled_at > now() - interval '336 hours' then 'watching' else 'held' end,
    case when bad then settled_at + interval '2 days' when settled_at <= now() - interval '336 hours'
      then settled_at + interval '337 hours' end
  from (select m.*, substr(m.id, 14)::bigint % 33 = 0 and m.settled_at < now() - interval '3 days' as bad from merge m) m`;

const SIGHTINGS = `
  insert into merge_sighting (id, merge_id, run_id, kind, commit, source, at)
  select 'sgt' || substr(merge_id, 4), merge_id, run_id, 'reverted_by_hand', commit, 'trees', settled_at
  from merge_watch where state = 'reverted'`;

const FINDINGS = `
  insert into finding (id, run_id, pilot_id, repository_id, rule, source, severity, state, subject, commitment, suppression_id, opened_at)
  select 'fnd_bench' || lpad(n::text, 17, '0'), ${RUN}, ($2::text[])[n % $3 + 1], 'rep_bench', 'egress.new_host', 'egress', 'medium',
    case n % 8 when 0 then 'open' when 2 then 'dismissed' else 'validated' end, sha256(n::text::bytea), ${BYTES32},
    case n % 8 when 2 then 'sup_bench' end, (select launched_at from run where id = ${RUN}) + interval '5 minutes'
  from generate_series(0, $1::int - 1, 2) n`;
const COUNTS = `
  insert into finding_count (finding_id, times, first_at, last_at)
  select id, 1, opened_at - substr(id, 20)::int % 90 * interval '100 milliseconds', opened_at from finding`;
const STEPS = `
  insert into finding_step (finding_id, number, at, actor, from_state, to_state, reason)
  select id, 1, opened_at + interval '1 hour', 'per_bench', 'open', state, 'Looked at' from finding where state <> 'open'`;

const CALLS = `
  insert into model_call (id, run_id, pilot_id, agent_id, lease_id, attempt, provider_id, key_id, price_id, gateway, api, state,
    requested_model, day, opened_at, settled_at, reserved_micros, charged_micros, context_tokens, head_item, items, request_commitment)
  select 'mcl_bench' || lpad((n * 3 + call)::text, 17, '0'), ${RUN}, r.pilot_id, r.agent_id, 'lse_bench', 1, 'prv_bench', 'pky_bench',
    'prc_bench', 'gw_bench', 'chat', 'done', case when n % 2 = 0 then 'model-one' else 'model-two' end,
    to_char(r.launched_at, 'YYYY-MM-DD'), r.launched_at + call * interval '1 minute', r.launched_at + call * interval '1 minute',
    0, 1000 + n % 90000, 1000, 1, array[1]::bigint[], ${BYTES32}
  from generate_series(0, $1::int - 1) n join run r on r.id = ${RUN} cross join generate_series(0, 2) call`;
const SPENT = `
  insert into budget_use (kind, subject, day, spent_micros)
  select 'run', run_id, '', sum(charged_micros) from model_call group by 2
  union all select 'pilot', pilot_id, '', sum(charged_micros) from model_call group by 2
  union all select 'day', pilot_id, day, sum(charged_micros) from model_call group by 2, 3`;

const REACHES = `
  insert into stop_reach (lease_id, stop_id, run_id, attempt, pilot_id, runner_id, phase, pulled_at, outcome, stop_ms, settled_at)
  select 'lse_bench' || n, 'stp_bench' || n % 10, ${RUN}, 1, ($2::text[])[n % $3 + 1], 'rnr_bench', 'agent', r.launched_at,
    case when n % 3 = 0 then 'not_reached' else 'stopped' end, case when n % 3 <> 0 then 200 + n % 900 end, r.launched_at
  from generate_series(0, $1::int - 1, 101) n join run r on r.id = ${RUN}`;

/** Six moves, and output as commands give it. */
const STATUS = ["preparing", "working", "verifying", "in_review", "merging"];
const EVENTS = `
  insert into run_event (run_id, seq, attempt, at, observed_by, kind, body, salt, commitment)
  select r.id, seq, 1, r.launched_at + seq * interval '1 second', case when seq % 17 = 0 then 'worker' else 'runner' end,
    case when seq % 17 = 0 then 'status_changed' else 'command_output' end,
    case when seq = 85 then jsonb_build_object('from', 'merging', 'to', r.status, 'reason', '')
      when seq % 17 = 0 then jsonb_build_object('from', 'queued', 'to', (array['${STATUS.join("','")}'])[seq / 17], 'reason', '')
      else '{"command":1,"stream":"stdout","text":"PASS src/index.js:10:5 expected received 4 ms\\n"}'::jsonb end,
    ${BYTES32}, ${BYTES32}
  from (select id, status, launched_at from run order by id offset 0) r cross join generate_series(1, ${EVENTS_OF_RUN}) seq`;

/** Of a run seven, most of which bind batches of events; of a pilot some that a board marks. */
const ENTRIES = `
  insert into log_entry (id, xid, seq, at, kind, about, body)
  select 'ent_bench' || lpad(n::text, 17, '0'), '3', n + 1, now() - ($1::bigint * 7 - n) * interval '40 seconds',
    case when n % 5000 = 0 then 'pilot.amended' when n % 7 = 0 then 'run.prepared' else 'run.events_appended' end,
    case when n % 5000 = 0 then array['pilot:' || ($2::text[])[n / 5000 % $3 + 1]] else array['run:' || ${idOf(PREFIX.run, "n / 7")}] end,
    convert_to(repeat('x', 300), 'UTF8')
  from generate_series(0, $1::bigint * 7 - 1) n`;

const PILOTS = `
  insert into pilot (id, name, status, time_zone, created_by, created_at, activated_at)
  select id, id, 'active', 'Europe/Berlin', 'per_bench', now() - interval '365 days', now() - interval '364 days'
  from unnest($1::text[]) id`;

const FILLED = [
  ...["run", "patch", "evidence", "gate", "approval", "merge", "merge_watch", "merge_sighting", "finding"],
  ...["finding_count", "finding_step", "model_call", "stop_reach", "log_entry", "pilot", "run_event"],
] as const;

const FACTS = [
  "insert into run_fact select * from run_facts(array(select id from run))",
  "insert into merge_fact select * from merge_facts(array(select id from run))",
  "insert into patch_fact select * from patch_facts(array(select id from run))",
  "insert into finding_fact select * from finding_facts(array(select id from finding))",
  "insert into gate_fact select * from gate_facts()",
];

/** Fills empty tables with `events` events and the runs they belong to. */
export async function fillPilots(owner: pg.ClientBase, events: number): Promise<Filled> {
  const runs = events / EVENTS_OF_RUN;
  const pilots = Array.from({ length: Math.max(1, runs / MOST_RUNS_OF_PILOT) }, () => newId("pilot"));
  for (const table of FILLED) await owner.query(`alter table ${table} disable trigger user`);
  await owner.query(PILOTS, [pilots]);
  const all = [runs, pilots, pilots.length];
  const steps: [string, unknown[]][] = [
    ...([
      [RUNS, all],
      [PATCHES, []],
      [EVIDENCE, []],
      [GATES, []],
      [APPROVALS, []],
    ] as [string, unknown[]][]),
    ...([
      [MERGES, []],
      [WATCHES, []],
      [SIGHTINGS, []],
      [FINDINGS, all],
      [COUNTS, []],
    ] as [string, unknown[]][]),
    ...([
      [STEPS, []],
      [CALLS, [runs]],
      [SPENT, []],
      [REACHES, all],
      [EVENTS, []],
    ] as [string, unknown[]][]),
    [ENTRIES, all],
  ];
  for (const [text, values] of steps) {
    await owner.query(text, values);
    await owner.query("analyze run, patch, evidence, gate, approval, merge, merge_watch, merge_sighting");
  }
  await owner.query("select setval('log_entry_seq_seq', $1)", [runs * 7 + 1]);
  await owner.query("analyze");
  for (const text of FACTS) await owner.query(text);
  for (const table of FILLED) await owner.query(`alter table ${table} enable trigger user`);
  await owner.query("vacuum (analyze)");
  return { runs, events, pilots };
}
