// Rows of numbers that are told of merges and of proposed patches, and of what became of them.
import { Prisma } from "#generated/prisma/client.ts";
import { costs } from "./run-store.ts";
import {
  type Family,
  IS_OVER,
  inWindow,
  type Judged,
  NO_VALUE,
  never,
  ofRun,
  type RowsQuery,
} from "./window-store.ts";

/** Fourteen days have passed and its watch has ended, both by what is known at the time. */
const isMature = (asOf: Date) =>
  Prisma.sql`(f.matures_at <= ${asOf} and f.settled_at is not null and f.settled_at <= ${asOf})`;

const CAUGHT = Prisma.sql`('regressed', 'not_repaired', 'untrustworthy')`;
const isYoung = (asOf: Date) => Prisma.sql`not ${isMature(asOf)}`;

const MERGES = {
  judged: {
    validated_fixes: {
      hit: (asOf) => Prisma.sql`f.confirmed_at <= ${asOf} and ${isMature(asOf)}`,
      maturing: isYoung,
    },
    revert_rate: { hit: (asOf) => Prisma.sql`f.reverted_at <= ${asOf}`, maturing: isYoung },
  },
  provisional: isYoung,
  from: (window) => Prisma.sql`from merge_fact f
    where f.pilot_id = ${window.pilotId} and ${inWindow(Prisma.sql`f.merged_at`, window)} and f.ended_as is not null
      and ${ofRun(window.split)}`,
} as const satisfies Family;

const PATCHES = {
  judged: {
    caught_rate: {
      hit: (asOf) => Prisma.sql`f.verdict in ${CAUGHT} and f.verified_at <= ${asOf}`,
      maturing: never,
    },
    rejected_rate: {
      hit: (asOf) => Prisma.sql`f.rejected_as = 'wrong' and f.rejected_at <= ${asOf}`,
      maturing: never,
    },
    escaped_rate: {
      hit: (asOf) => Prisma.sql`f.escaped_at <= ${asOf}`,
      maturing: (asOf) => Prisma.sql`f.merge_id is not null and not ${isMature(asOf)}`,
    },
  },
  provisional: (asOf) => Prisma.sql`f.merged_at is not null and not ${isMature(asOf)}`,
  from: (window) => Prisma.sql`from patch_fact f
    where f.pilot_id = ${window.pilotId} and ${inWindow(Prisma.sql`f.finished_at`, window)} and ${ofRun(window.split)}`,
} as const satisfies Family;

export const MERGE_FAMILIES: readonly Family[] = [MERGES, PATCHES];

const rowsOf =
  (columns: Prisma.Sql, { provisional, from }: Family, { hit, maturing }: Judged): RowsQuery =>
  (window) => {
    const { asOf } = window;
    return Prisma.sql`
      select ${columns}, ${NO_VALUE}, coalesce(${hit(asOf)}, false) as hit, ${IS_OVER}, ${maturing(asOf)} as maturing,
        ${provisional(asOf)} as provisional, f.run_id ${from(window)}`;
  };
const merge = (judged: Judged) => rowsOf(Prisma.sql`f.merge_id as id, f.merged_at as at`, MERGES, judged);
const patch = (judged: Judged) => rowsOf(Prisma.sql`f.patch_id as id, f.finished_at as at`, PATCHES, judged);
const confirmed = merge(MERGES.judged.validated_fixes);

export const MERGE_ROWS = {
  validated_fixes: confirmed,
  revert_rate: merge(MERGES.judged.revert_rate),
  caught_rate: patch(PATCHES.judged.caught_rate),
  rejected_rate: patch(PATCHES.judged.rejected_rate),
  escaped_rate: patch(PATCHES.judged.escaped_rate),
  /** What runs cost, and what it bought. */
  cost_per_fix: (window) => Prisma.sql`
    ${costs(window)}
    union all
    select r.id, r.at, r.value, r.hit, r.censored, r.maturing, r.provisional, r.run_id from (${confirmed(window)}) r`,
} as const satisfies Record<string, RowsQuery>;
