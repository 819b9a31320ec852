// Tripwires under kill -9: a pilot a point, whose number crosses its bound while the worker or the database is killed. What
// has to be so afterwards: paused, tripped once, each step done once, nothing leased since. That nothing merges while merges are
// frozen is tried in lib/tripwires/acts.test.ts and in the six weeks of lib/testing/simulation: here nothing waits to be merged.
import pg from "pg";
import { childSpecs } from "#cli/children.ts";
import { ensureRecipeAgent } from "#lib/agents/service.ts";
import { MINUTE, SECOND, steadyClock, systemClock } from "#lib/clock.ts";
import { newId } from "#lib/ids.ts";
import { launchRun } from "#lib/runs/launch-run.ts";
import { makeScope, type Scope } from "#lib/scope.ts";
import { activePilot, charterFor, readyRepository } from "#lib/testing/arrange.ts";
import { failRun } from "#lib/testing/failed-run.ts";
import { Tripwire } from "#lib/tripwires/schema.ts";
import { readWire } from "#lib/tripwires/wire-line.ts";
import { type LogPlace, openLogPlace } from "../../log/place.ts";
import { launchFleet } from "../kill/fleet.ts";
import type { Target } from "../kill/points.ts";
import { createRandom, type Random } from "../random.ts";
import { faultsOf, type TripRecord } from "./judge.ts";

const LINE = "failed_runs >= 2 over 24 hours; pause, freeze_merges, cancel_runs, escalate";
const TARGETS: readonly Target[] = ["worker", "postgres", "backend"];
/** A worker looks every second, and carries out every second. */
const LONGEST_DELAY = 2200;
const PATIENCE = MINUTE;
const AGAIN = 50;

export interface TripPoint {
  readonly target: Target | null;
  /** Milliseconds after the number crossed its bound. */
  readonly delay: number;
}

export interface TripReport {
  readonly points: number;
  readonly killed: number;
  /** Milliseconds from the crossing to the trip, of points at which nothing was killed. */
  readonly untouched: readonly number[];
  /** The same where something was. */
  readonly disturbed: readonly number[];
  readonly faults: readonly string[];
}

export interface TripAttack {
  readonly seed: number;
  readonly points: number;
  isOver(): boolean;
  onPoint(point: TripPoint, number: number, took: number | null): void;
}

const wire = (): Tripwire => {
  const read = readWire(LINE);
  if (!read.ok) throw new Error(read.sentence);
  return Tripwire.parse(read.wire);
};

/** Every fifth point kills nothing, to know how long it takes by itself. */
const drawPoint = (random: Random, index: number): TripPoint => ({
  target: index % 5 === 0 ? null : random.pick(TARGETS),
  delay: random.below(LONGEST_DELAY),
});

const lead = makeScope({
  actor: { kind: "system", name: "bench" },
  grants: [{ role: "engineering_lead", pilotId: null }],
  requestId: newId("request"),
  clock: systemClock,
});

export async function attackTrips({ seed, points, isOver, onPoint }: TripAttack): Promise<TripReport> {
  const random = createRandom(seed);
  const place = await openLogPlace();
  const [untouched, disturbed, faults]: [number[], number[], string[]] = [[], [], []];
  let [tried, killed] = [0, 0];
  try {
    const { agentId } = await ensureRecipeAgent(place.scope);
    const repositoryId = await readyRepository(place.scope);
    // Before the worker looks for the repository, which is not there, and nothing more can be launched on it.
    const pilots: Arranged[] = [];
    for (let index = 0; index <= points; index++) pilots.push(await arrange(lead, repositoryId, agentId));
    const specs = (await childSpecs(place.deployment, place.urls)).filter(({ name }) => name === "worker");
    const fleet = launchFleet(place, specs);
    try {
      const [first, ...others] = pilots;
      // The first is not counted: the worker has to be up before how long it takes means anything.
      for (const runId of first?.runs ?? []) await until(() => failRun(lead, runId));
      if (!first || !(await settled(place, first.id))) throw new Error("The worker never tripped anything.");
      for (const [index, pilot] of others.entries()) {
        if (isOver()) break;
        const point = drawPoint(random, index);
        for (const runId of pilot.runs) await until(() => failRun(lead, runId));
        const crossed = steadyClock.now();
        tried += 1;
        await systemClock.sleep(point.delay);
        if (point.target !== null && (await fleet.kill(point.target, random))) killed += 1;
        const took = (await settled(place, pilot.id)) ? steadyClock.now() - crossed : null;
        if (took !== null) (point.target === null ? untouched : disturbed).push(took);
        else faults.push(`${pilot.id}: not all of it was done ${PATIENCE / SECOND} s after point ${tried}`);
        onPoint(point, tried, took);
      }
      for (const { id } of others.slice(0, tried))
        faults.push(...faultsOf(id, await until(() => recordOf(place, id))));
    } finally {
      await fleet.stop();
    }
  } finally {
    await place.close();
  }
  return { points: tried, killed, untouched, disturbed, faults };
}

interface Arranged {
  readonly id: string;
  /** Whose failing makes its wire trip. */
  readonly runs: readonly string[];
}

/** A pilot whose second failed run crosses its bound, with one more run that waits. */
async function arrange(scope: Scope, repositoryId: string, agentId: string): Promise<Arranged> {
  const charter = charterFor(scope, repositoryId);
  const rollback = { ...charter.rollback, pauseAfterFailedRuns: 50, tripwires: [wire()] };
  const pilotId = await activePilot(scope, { ...charter, rollback });
  const launch = () =>
    launchRun(scope, { pilotId, agentId, title: "Under attack", requestKey: newId("request") });
  await launch();
  return { id: pilotId, runs: [(await launch()).runId, (await launch()).runId] };
}

/** Tries again while the database is down, as whoever calls the product would. */
async function until<T>(work: () => Promise<T>): Promise<T> {
  const deadline = steadyClock.now() + PATIENCE;
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (steadyClock.now() > deadline) throw error;
      await systemClock.sleep(AGAIN);
    }
  }
}

/** Waits until all of it was done; false where that never came. */
async function settled(place: LogPlace, pilotId: string): Promise<boolean> {
  const deadline = steadyClock.now() + PATIENCE;
  while (steadyClock.now() < deadline) {
    const record = await until(() => recordOf(place, pilotId));
    if (record.status === "paused" && record.waitingSteps === 0 && record.tripped > 0) return true;
    await systemClock.sleep(AGAIN);
  }
  return false;
}

async function recordOf({ urls }: LogPlace, pilotId: string): Promise<TripRecord> {
  const client = new pg.Client({ connectionString: urls.owner });
  client.on("error", () => undefined); // the query that was waiting rejects with it too
  await client.connect();
  try {
    const { rows } = await client.query<TripRecord>(
      `with told as (
        select kind, convert_from(body, 'UTF8')::jsonb -> 'detail' as detail from log_entry where about @> array[$2]
      )
      select p.status,
        (select count(*) from told where kind = 'pilot.wire_tripped')::int as tripped,
        (select count(*) from told where kind = 'pilot.paused')::int as paused,
        coalesce((select array_agg(detail ->> 'step' order by detail ->> 'step') from told
          where kind = 'pilot.wire_step_done'), '{}') as steps,
        (select count(*) from wire_trip_step s where s.pilot_id = p.id and s.done_at is null)::int as "waitingSteps",
        (select count(*) from wire_trip t where t.pilot_id = p.id)::int as trips,
        (select count(*) from run r where r.pilot_id = p.id and r.status = 'queued')::int as "queuedRuns",
        (select count(*) from lease l join run r on r.id = l.run_id where r.pilot_id = p.id)::int as leases
      from pilot p where p.id = $1`,
      [pilotId, `pilot:${pilotId}`],
    );
    const [record] = rows;
    if (!record) throw new Error(`there is no pilot ${pilotId}`);
    return record;
  } finally {
    await client.end().catch(() => undefined); // the answer is known
  }
}
