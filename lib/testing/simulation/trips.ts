// What tripped, beside when each wire was crossed by other SQL: the planted ones once and in time, the others never.
import { SECOND } from "../../clock.ts";
import { type Stage, WIRES, type WireName } from "./stage.ts";

/** From the crossing event to the trip. */
const GOAL = 5 * SECOND;

/** What each wire counts: at, and how much of it. $1 pilot, $2 repository. */
const THINGS: Readonly<
  Partial<Record<WireName, { readonly rows: string; readonly within: string; readonly crosses: string }>>
> = {
  spend: {
    rows: "select settled_at as at, charged_micros / 1e6 as weight from model_call where pilot_id = $1 and settled_at is not null and $2 <> ''",
    ...{ within: "24 hours", crosses: "> 20" },
  },
  reverts: {
    rows: `select min(s.at) as at, 1 as weight from merge_sighting s join run r on r.id = s.run_id
      where r.pilot_id = $1 and s.kind = any (array['reverted_here', 'reverted_by_hand', 'rewritten']) and $2 <> '' group by s.merge_id`,
    ...{ within: "24 hours", crosses: ">= 3" },
  },
  denied: {
    rows: `select e.at, (e.body ->> 'times')::int as weight from run_event e join run r on r.id = e.run_id
      where r.pilot_id = $1 and e.kind = 'egress' and e.body ->> 'verdict' = 'denied' and $2 <> ''`,
    ...{ within: "1 hour", crosses: ">= 50" },
  },
  failures: {
    rows: "select ended_at as at, 1 as weight from run where pilot_id = $1 and status = 'failed' and not no_change and $2 <> ''",
    ...{ within: "24 hours", crosses: ">= 15" },
  },
  incidents: {
    rows: "select detected_at as at, 1 as weight from incident where repository_id = $2 and $1 <> ''",
    ...{ within: "7 days", crosses: ">= 9" },
  },
  critical: {
    rows: "select opened_at as at, 1 as weight from finding where pilot_id = $1 and severity = 'critical' and $2 <> ''",
    ...{ within: "24 hours", crosses: ">= 1" },
  },
};

/** Wires that something is planted for, in the order of the six weeks. */
const PLANTED: readonly WireName[] = ["spend", "reverts", "denied"];

interface Trip {
  readonly id: string;
  readonly at: Date;
  readonly lifted: Date | null;
  readonly steps: readonly string[];
  readonly undone: number;
}

/** Trips of a wire; it is kept as its whole line, of which this is the beginning. */
async function tripsOf({ database, pilotId }: Stage, name: WireName): Promise<Trip[]> {
  const [measure = ""] = WIRES[name].split(" over ");
  const { rows } = await database.owner.query<Trip>(
    `select t.id, t.tripped_at as at, t.lifted_at as lifted, t.steps,
       (select count(*)::int from wire_trip_step s where s.trip_id = t.id and s.done_at is null) as undone
     from wire_trip t where t.pilot_id = $1 and starts_with(t.wire, $2) order by t.tripped_at`,
    [pilotId, measure],
  );
  return rows;
}

/** The first moment after `after` at which the wire's number, of what came after it, crosses its bound. */
async function crossingOf(
  { database, pilotId, repositoryId }: Stage,
  name: WireName,
  after: Date | null,
): Promise<Date | null> {
  const things = THINGS[name];
  if (!things) return null;
  const { rows } = await database.owner.query<{ at: Date | null }>(
    `with things as (${things.rows}), fresh as (select * from things where at >= coalesce($3::timestamptz, '-infinity')),
     summed as (select at, sum(weight) over (order by at range between '${things.within}' preceding and current row) as total from fresh)
     select min(at) as at from summed where total ${things.crosses}`,
    [pilotId, repositoryId, after],
  );
  return rows[0]?.at ?? null;
}

export async function judgeTrips(stage: Stage): Promise<string[]> {
  const faults: string[] = [];
  for (const name of Object.keys(WIRES) as WireName[]) {
    const trips = await tripsOf(stage, name);
    const wanted = PLANTED.includes(name) ? 1 : 0;
    if (trips.length !== wanted) faults.push(`${name} tripped ${trips.length} times, not ${wanted}`);
    const [trip] = trips;
    const crossed = await crossingOf(stage, name, null);
    if ((crossed === null) !== (wanted === 0))
      faults.push(`${name} was ${crossed ? "crossed" : "never crossed"}`);
    if (!trip) continue;
    const took = crossed === null ? Number.NaN : trip.at.getTime() - crossed.getTime();
    if (!(took > 0 && took <= GOAL)) faults.push(`${name} tripped ${took} ms after it was crossed`);
    if (trip.undone > 0) faults.push(`${name}: ${trip.undone} steps were never done`);
    if (trip.lifted === null) faults.push(`${name} was never lifted`);
    const again = await crossingOf(stage, name, trip.lifted);
    if (again) faults.push(`${name} was crossed again at ${again.toISOString()}, and did not trip`);
    faults.push(...(await entriesOf(stage, trip)).map((fault) => `${name}: ${fault}`));
  }
  return faults;
}

/** In the log the trip stands once, and each step beyond pausing once. */
async function entriesOf({ database, pilotId }: Stage, { id, steps }: Trip): Promise<string[]> {
  const { rows } = await database.owner.query<{ kind: string; step: string | null }>(
    `select kind, convert_from(body, 'UTF8')::jsonb #>> '{detail,step}' as step from log_entry
     where about @> array['pilot:' || $1] and kind like 'pilot.wire%' and convert_from(body, 'UTF8')::jsonb #>> '{detail,trip}' = $2 order by seq`,
    [pilotId, id],
  );
  const said = rows.map(({ kind, step }) => step ?? kind).sort();
  const wanted = ["pilot.wire_tripped", ...steps.filter((step) => step !== "pause")].sort();
  return said.join() === wanted.join() ? [] : [`the log says ${said.join(", ")}, not ${wanted.join(", ")}`];
}
