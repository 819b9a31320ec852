// Rows of numbers that are told of gates, findings and stops.
import { Prisma } from "#generated/prisma/client.ts";
import {
  IS_OVER,
  IS_SETTLED,
  inWindow,
  NO_HIT,
  NO_VALUE,
  ofRunIfAny,
  type RowsQuery,
} from "./window-store.ts";

const gates =
  (columns: Prisma.Sql): RowsQuery =>
  (window) =>
    Prisma.sql`
    select f.gate_id as id, f.decided_at as at, ${columns}, ${IS_OVER}, ${IS_SETTLED}, g.run_id
    from gate_fact f left join gate g on g.id = f.gate_id
    where f.pilot_id = ${window.pilotId} and f.outcome in ('approved', 'denied')
      and ${inWindow(Prisma.sql`f.decided_at`, window)} and ${ofRunIfAny(Prisma.sql`g.run_id`, window.split)}`;

const findings =
  (at: Prisma.Sql, columns: Prisma.Sql, condition: (asOf: Date) => Prisma.Sql): RowsQuery =>
  (window) =>
    Prisma.sql`
    select f.finding_id as id, ${at} as at, ${columns}, ${IS_SETTLED}, f.run_id
    from finding_fact f
    where f.pilot_id = ${window.pilotId} and ${inWindow(at, window)} and ${condition(window.asOf)}
      and ${ofRunIfAny(Prisma.sql`f.run_id`, window.split)}`;

const OPENED = Prisma.sql`f.opened_at`;

export const CONTROL_ROWS = {
  decision_time: gates(Prisma.sql`f.latency_ms::float8 / 3600000 as value, ${NO_HIT}`),
  gate_usefulness: gates(
    Prisma.sql`${NO_VALUE}, f.outcome = 'approved' and coalesce(f.unchanged, false) as hit`,
  ),
  findings_validated: findings(
    Prisma.sql`f.decided_at`,
    Prisma.sql`${NO_VALUE}, ${NO_HIT}, ${IS_OVER}`,
    () => Prisma.sql`f.decided_as = 'validated'`,
  ),
  /** Undecided ones are rows that are not over, and no part of the rate. */
  finding_precision: (window) =>
    findings(
      OPENED,
      Prisma.sql`${NO_VALUE}, f.decided_as is not distinct from 'validated' and f.decided_at <= ${window.asOf} as hit,
        f.decided_at is null or f.decided_at > ${window.asOf} as censored`,
      () => Prisma.sql`(f.decided_at is not null or exists (
        select from finding o where o.id = f.finding_id and o.suppression_id is null))`,
    )(window),
  time_to_detect: findings(
    OPENED,
    Prisma.sql`f.detect_ms::float8 / 1000 as value, ${NO_HIT}, ${IS_OVER}`,
    () => Prisma.sql`f.detect_ms is not null`,
  ),
  /** Of what a stop never reached nothing is known but that it is not over: it lasts at least until now. */
  stop_time: (window) => Prisma.sql`
    select s.lease_id as id, s.pulled_at as at,
      case when s.outcome = 'stopped' then s.stop_ms::float8 / 1000
        else extract(epoch from ${window.asOf}::timestamptz - s.pulled_at)::float8 end as value,
      ${NO_HIT}, s.outcome <> 'stopped' as censored, ${IS_SETTLED}, s.run_id
    from stop_reach s
    where s.pilot_id = ${window.pilotId} and ${inWindow(Prisma.sql`s.pulled_at`, window)}
      and ${ofRunIfAny(Prisma.sql`s.run_id`, window.split)}`,
} as const satisfies Record<string, RowsQuery>;
