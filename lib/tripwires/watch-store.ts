// Tripwires of many pilots at once: a list asks as often for a hundred as for one.
import { Prisma } from "#generated/prisma/client.ts";
import type { Db } from "../db.ts";
import type { WireState } from "./rules.ts";
import type { ReadingRow } from "./store.ts";

type Pilots = "all" | readonly string[];

const seen = (column: string, pilots: Pilots): Prisma.Sql =>
  pilots === "all" ? Prisma.sql`true` : Prisma.sql`${Prisma.raw(column)} = any(${[...pilots]})`;

/** Of pilots that go on. */
export const selectCharters = (
  db: Db,
  pilots: Pilots,
): Promise<{ readonly pilotId: string; readonly tripwires: unknown }[]> =>
  db.$queryRaw`
    select p.id as "pilotId", coalesce(c.canonical::jsonb #> '{rollback,tripwires}', '[]') as tripwires
    from pilot p join charter c on c.id = p.active_charter_id
    where p.status in ('active', 'paused') and ${seen("p.id", pilots)} order by p.id`;

export const selectReadingsOf = (
  db: Db,
  pilots: Pilots,
): Promise<(ReadingRow & { readonly pilotId: string; readonly state: WireState | null })[]> =>
  db.$queryRaw`
    select r.pilot_id as "pilotId", r.wire, r.value, r.sample, r.baseline, r.is_whole as "isWhole",
      r.read_at as "readAt", s.state
    from wire_reading r left join wire_state s on s.pilot_id = r.pilot_id and s.wire = r.wire
    where ${seen("r.pilot_id", pilots)} order by r.pilot_id, r.wire`;

/** The wire by which nothing of each pilot merges now, the first that tripped. */
export const selectFreezes = (
  db: Db,
  pilots: Pilots,
): Promise<{ readonly pilotId: string; readonly wire: string }[]> =>
  db.$queryRaw`
    select distinct on (pilot_id) pilot_id as "pilotId", wire from wire_trip
    where lifted_at is null and 'freeze_merges' = any(steps) and ${seen("pilot_id", pilots)}
    order by pilot_id, tripped_at`;
