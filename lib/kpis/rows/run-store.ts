// Rows of numbers that are told of runs, and of what they cost.
import { Prisma } from "#generated/prisma/client.ts";
import {
  type Family,
  hours,
  IS_OVER,
  IS_SETTLED,
  inWindow,
  type Judged,
  NO_HIT,
  NO_VALUE,
  never,
  ofRun,
  type RowsQuery,
} from "./window-store.ts";

const FOURTEEN_DAYS = Prisma.sql`interval '336 hours'`;

/** Of runs that merged. Younger than 14 days, a merge can still be reverted. */
const merged =
  (value: Prisma.Sql, condition = Prisma.sql`true`): RowsQuery =>
  (window) =>
    Prisma.sql`
    select f.run_id as id, f.merged_at as at, ${value} as value, ${NO_HIT}, ${IS_OVER}, false as maturing,
      f.merged_at > ${window.asOf}::timestamptz - ${FOURTEEN_DAYS} as provisional, f.run_id
    from run_fact f where f.pilot_id = ${window.pilotId} and ${inWindow(Prisma.sql`f.merged_at`, window)}
      and ${condition} and ${ofRun(window.split)}`;

const endedAs = (outcome: string): Judged => ({
  hit: () => Prisma.sql`f.outcome = ${outcome}`,
  maturing: never,
});

const ENDED = {
  judged: {
    merged_share: endedAs("merged"),
    rejected_share: endedAs("rejected"),
    failed_share: endedAs("failed"),
  },
  provisional: never,
  from: (window) => Prisma.sql`from run_fact f
    where f.pilot_id = ${window.pilotId} and ${inWindow(Prisma.sql`f.ended_at`, window)} and ${ofRun(window.split)}`,
} as const satisfies Family;

export const RUN_FAMILIES: readonly Family[] = [ENDED];

const ended =
  ({ hit }: Judged): RowsQuery =>
  (window) =>
    Prisma.sql`
    select f.run_id as id, f.ended_at as at, ${NO_VALUE}, ${hit(window.asOf)} as hit, ${IS_OVER}, ${IS_SETTLED}, f.run_id
    ${ENDED.from(window)}`;

/** By the rollup of the ledger; a run without a call of a model cost nothing. */
export const costs: RowsQuery = (window) => Prisma.sql`
  select f.run_id as id, f.ended_at as at, coalesce(b.spent_micros, 0)::float8 / 1000000 as value, ${NO_HIT}, ${IS_OVER},
    ${IS_SETTLED}, f.run_id
  from run_fact f left join budget_use b on b.kind = 'run' and b.subject = f.run_id and b.day = ''
  where f.pilot_id = ${window.pilotId} and ${inWindow(Prisma.sql`f.ended_at`, window)} and ${ofRun(window.split)}`;

export const RUN_ROWS = {
  throughput: merged(Prisma.sql`null::float8`),
  agent_lead_time: merged(hours(Prisma.sql`f.launched_at`, Prisma.sql`f.merged_at`)),
  review_to_merge: merged(
    hours(Prisma.sql`f.review_opened_at`, Prisma.sql`f.merged_at`),
    Prisma.sql`f.review_opened_at is not null`,
  ),
  merged_share: ended(ENDED.judged.merged_share),
  rejected_share: ended(ENDED.judged.rejected_share),
  failed_share: ended(ENDED.judged.failed_share),
  cost_per_run: costs,
} as const satisfies Record<string, RowsQuery>;
