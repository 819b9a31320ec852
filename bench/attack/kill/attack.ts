// One attack: a deployment under load, its processes killed at one point after the other, each after everything works
// again; then everything is stopped where it is, read back and judged.
import { childSpecs } from "#cli/children.ts";
import { MINUTE, SECOND, steadyClock, systemClock } from "#lib/clock.ts";
import { newId } from "#lib/ids.ts";
import { createPerson, grantRole } from "#lib/people/service.ts";
import { makeScope } from "#lib/scope.ts";
import { charterFor, readyRepository } from "#lib/testing/arrange.ts";
import { notaryFolders } from "../../log/notary.ts";
import { type LogPlace, openLogPlace } from "../../log/place.ts";
import { arrangeBench } from "../../place/work.ts";
import { createRandom } from "../random.ts";
import { watchBeats } from "./beats.ts";
import { watchCheckpoints } from "./checkpoints.ts";
import { serviceDoor, wireDoor } from "./doors.ts";
import { launchFleet } from "./fleet.ts";
import { judge, type Verdict } from "./judge.ts";
import { type People, startLoad } from "./load.ts";
import { type Acknowledged, acknowledgedIn, createMemory } from "./memory.ts";
import { drawPoint, type Point, type Target } from "./points.ts";
import { readRecord } from "./read-record.ts";

export interface AttackOptions {
  readonly seed: number;
  readonly points: number;
  /** Processes that run besides the database. Without `web` runners go straight to the services. */
  readonly processes: readonly ("notary" | "worker" | "web")[];
  /** Stops drawing points once this is true. */
  isOver(): boolean;
  onPoint(point: Point, number: number, recovery: number | null): void;
}

export interface AttackReport {
  readonly points: number;
  readonly faults: number;
  readonly acknowledged: Acknowledged;
  readonly entries: number;
  readonly checkpoints: number;
  readonly leasesLost: number;
  readonly verdict: Verdict;
  /** What did not come back in time, or never ended. */
  readonly stuck: readonly string[];
  /** Milliseconds from a kill until everything worked again. */
  readonly recoveries: readonly number[];
}

const PATIENCE = 2 * MINUTE;
/** More than the runners hold at once, in case leases are lost. */
const RUNS = 15;
/** A step that does not come because something is down. */
const STEP_PATIENCE = 3 * SECOND;

async function arrangePeople({ scope }: LogPlace, lead: People["lead"]): Promise<People> {
  const personId = await createPerson(scope, { name: "Security", email: "security@example.org" });
  await grantRole(scope, { personId, role: "security_lead", pilotId: null });
  const security = makeScope({
    actor: { kind: "user", personId, sessionId: newId("session") },
    grants: [{ role: "security_lead", pilotId: null }],
    requestId: newId("request"),
    clock: systemClock,
  });
  return { lead, security, charter: charterFor(scope, await readyRepository(scope)) };
}

interface Instant {
  readonly steady: number;
  readonly wall: number;
}

const instant = (): Instant => ({ steady: steadyClock.now(), wall: systemClock.now() });

/** True once `isSo`, false when patience ends first. */
async function until(isSo: () => boolean, patience: number): Promise<boolean> {
  const deadline = steadyClock.now() + patience;
  while (!isSo()) {
    if (steadyClock.now() > deadline) return false;
    await systemClock.sleep(10);
  }
  return true;
}

export async function attack(options: AttackOptions): Promise<AttackReport> {
  const { seed, points, processes, isOver, onPoint } = options;
  const random = createRandom(seed);
  const place = await openLogPlace();
  const stuck: string[] = [];
  const recoveries: number[] = [];
  let faults = 0;
  let tried = 0;
  const ending = new AbortController();
  try {
    const work = await arrangeBench(place);
    const people = await arrangePeople(place, work.lead);
    // Before the worker looks for the repository, which is not there, and nothing more can be launched on it.
    for (let run = 0; run < RUNS; run++) await work.launch(`Under attack ${run + 1}`);
    const specs = (await childSpecs(place.deployment, place.urls)).filter(({ name }) =>
      processes.some((process) => process === name),
    );
    const fleet = launchFleet(place, specs);
    const memory = createMemory();
    let seenAt: number[] = [];
    const watch = watchCheckpoints(notaryFolders(place.layout), () => {
      seenAt = [...seenAt.slice(-9), steadyClock.now()];
      memory.call("checkpoint_seen");
    });
    const door = processes.includes("web")
      ? wireDoor(place.url, place.folder, work, ending.signal)
      : serviceDoor(work);
    // The load draws from a chance of its own: how it interleaves differs from run to run, the points do not.
    const load = startLoad({
      memory,
      random: createRandom(seed + 1),
      door,
      scope: place.scope,
      people,
      seed,
    });
    const beats = watchBeats(place.urls.owner);
    const hasWorker = processes.includes("worker");
    const worksSince = ({ steady, wall }: Instant, targets: readonly Target[]) =>
      load.progress.entry > steady &&
      load.progress.batch > steady &&
      seenAt.filter((at) => at > steady).length >= 2 &&
      (!hasWorker ||
        targets.every((target) => target === "notary" || target === "web") ||
        beats.last() > wall);
    const doubts = () =>
      `last entry ${load.progress.entry}, last batch ${load.progress.batch}, checkpoints at ${seenAt.join(" ")}, last beat ${beats.last()}, now ${steadyClock.now()}`;
    const plan = Array.from({ length: points }, () => drawPoint(random, fleet.targets));
    try {
      const began = instant();
      if (!(await until(() => worksSince(began, fleet.targets), PATIENCE)))
        throw new Error(`The deployment never worked: ${doubts()}.`);
      for (const point of plan) {
        if (isOver()) break;
        tried += 1;
        await memory.next(point.step, AbortSignal.timeout(STEP_PATIENCE));
        await systemClock.sleep(point.delay);
        const killed = instant();
        for (const target of point.targets) if (await fleet.kill(target, random)) faults += 1;
        const isWell = await until(() => worksSince(killed, point.targets), PATIENCE);
        const recovery = isWell ? steadyClock.now() - killed.steady : null;
        if (recovery === null)
          stuck.push(`not everything worked ${PATIENCE / SECOND} s after point ${tried}: ${doubts()}`);
        else recoveries.push(recovery);
        onPoint(point, tried, recovery);
      }
      const hasEnded = await Promise.race([
        load.stop().then(() => true),
        systemClock.sleep(PATIENCE).then(() => false),
      ]);
      if (!hasEnded) stuck.push("operations that never ended");
      const record = await readRecord(place);
      const size = record.leaves.length;
      if (!(await until(() => (watch.seen.at(-1)?.size ?? 0) >= size, PATIENCE)))
        stuck.push(`the last checkpoint covers ${watch.seen.at(-1)?.size ?? 0} of ${size} entries`);
      const verdict = judge(memory, record, watch.seen);
      verdict.broken.push(...watch.faults, ...load.faults);
      return {
        points: tried,
        ...{ faults, stuck, recoveries, verdict },
        acknowledged: acknowledgedIn(memory),
        entries: size,
        checkpoints: watch.seen.length,
        leasesLost: load.leasesLost(),
      };
    } finally {
      ending.abort();
      await watch.stop();
      await beats.stop();
      await fleet.stop();
    }
  } finally {
    await place.close();
  }
}
