import { Prisma } from "#generated/prisma/client.ts";
import type { Db } from "../db.ts";
import { LONG_TOKENS } from "./rules.ts";
import type { Measured, ProcurementNote } from "./schema.ts";

export async function insertNote(db: Db, note: Prisma.ProcurementNoteUncheckedCreateInput): Promise<void> {
  await db.procurementNote.create({ data: note });
}

export const selectNotes = (db: Db): Promise<ProcurementNote[]> => db.$queryRaw<ProcurementNote[]>`
  select n.id, n.agent_id as "agentId", n.topic, n.text, n.source, to_char(n.as_of, 'YYYY-MM-DD') as "asOf",
    coalesce(w.name, n.entered_by) as "enteredByName", n.entered_at as "enteredAt"
  from procurement_note n left join person w on w.id = n.entered_by
  order by n.as_of desc, n.entered_at desc, n.id desc`;

/** By agent; of pilots that may be seen. Runs of agents alone: a drill or a revert is no agent's work. */
export async function selectMeasured(
  db: Db,
  visible: "all" | readonly string[],
): Promise<(Measured & { readonly agentId: string })[]> {
  const seen = visible === "all" ? Prisma.sql`true` : Prisma.sql`r.pilot_id = any(${[...visible]})`;
  return db.$queryRaw`
    with mine as materialized (
      select r.id, r.agent_id, r.status, r.started_at, r.review_opened_at, r.ended_at,
        (select e.verdict from evidence e where e.run_id = r.id order by e.created_at desc, e.id desc limit 1) as verdict,
        (select sum(m.charged_micros) from model_call m where m.run_id = r.id) as micros,
        (select count(*) from run_ask k where k.run_id = r.id and k.status = 'declined') as declined
      from run r where ${seen} and r.kind not in ('revert', 'drill')),
    runs as (
      select agent_id, count(*)::int as runs,
        (count(*) filter (where status in ('in_review', 'merging', 'merged', 'rejected', 'failed')))::int as finished,
        (count(*) filter (where verdict = 'verified' and status in ('in_review', 'merging', 'merged', 'rejected', 'failed')))::int as verified,
        (avg(coalesce(micros, 0)) filter (where status in ('in_review', 'merging', 'merged', 'rejected', 'failed')))::float8 as mean_micros,
        count(review_opened_at - started_at)::int as reviewed,
        count(coalesce(review_opened_at, ended_at) - started_at)::int as sessions,
        (percentile_cont(0.5) within group (order by extract(epoch from review_opened_at - started_at) / 60))::float8 as median_minutes,
        max(extract(epoch from coalesce(review_opened_at, ended_at) - started_at) / 60)::float8 as longest_minutes,
        sum(declined)::int as declined
      from mine group by agent_id),
    calls as (
      select agent_id, count(*)::int as calls, max(input)::float8 as largest,
        count(first_ms)::int as first_calls, (count(first_ms) filter (where input >= ${LONG_TOKENS}))::int as long_calls,
        (percentile_cont(0.5) within group (order by first_ms))::float8 as first_ms,
        (percentile_cont(0.5) within group (order by first_ms) filter (where input >= ${LONG_TOKENS}))::float8 as long_ms
      from (select mine.agent_id, coalesce(m.input_tokens, m.context_tokens) as input,
          extract(epoch from m.first_token_at - m.opened_at) * 1000 as first_ms
        from mine join model_call m on m.run_id = mine.id where m.state = 'done') answered
      group by agent_id)
    select runs.agent_id as "agentId", runs, finished, verified, mean_micros as "meanMicros",
      median_minutes as "medianMinutes", longest_minutes as "longestMinutes", reviewed, sessions, coalesce(calls, 0) as calls,
      coalesce(first_calls, 0) as "firstCalls", coalesce(long_calls, 0) as "longCalls",
      largest as "largestInputTokens", first_ms as "firstTokenMs", long_ms as "longFirstTokenMs", declined as "declinedAsks"
    from runs left join calls on calls.agent_id = runs.agent_id order by runs.agent_id`;
}
