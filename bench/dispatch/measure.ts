// From the click that launches a run to the lease its runner holds: by the services alone, and whole, with a runner
// that waits in a long poll of the real web process.
import pino from "pino";
import { systemClock } from "#lib/clock.ts";
import { grantLease } from "#lib/leases/grant-lease.ts";
import { finishLease } from "#lib/leases/service.ts";
import { type Listener, startListener } from "#lib/live/listener.ts";
import { createLogger } from "#lib/logger.ts";
import type { Assignment } from "#lib/protocol/schema.ts";
import { interleave, type Rounds } from "../interleave.ts";
import type { BenchPlane } from "../place/plane.ts";
import type { BenchWork } from "../place/work.ts";
import type { Measure } from "../report.ts";
import { openQueuePeer } from "./queue-peer.ts";
import { openRawFloor } from "./raw-floor.ts";
import { wireRunner } from "./wire-runner.ts";

/** Until what the last round set off has died down. */
const SETTLE = 20;
/** Until a long poll that was just sent has looked once and waits. */
const UNTIL_HELD = 150;

const SUMMARY = { text: "Nothing to do.", claims: [], repaired: [], givenUp: [], flaky: [] };

/** Gives the lease back, so that the pilot's limit of runs at once is never what is measured. */
async function giveBack({ runner }: BenchWork, { leaseId, attempt }: Assignment): Promise<void> {
  await finishLease(runner.scope, leaseId, { outcome: "no_change", attempt, summary: SUMMARY });
  await systemClock.sleep(SETTLE);
}

/** A waiting runner inside this process: the notification alone makes it look. */
async function byServices(
  work: BenchWork,
  listener: Listener,
): Promise<{ whole: number; afterCommit: number }> {
  const leased = Promise.withResolvers<{ assignment: Assignment; at: number }>();
  const look = async () => {
    const assignment = await grantLease(work.runner.scope, work.runner.id, work.request("agent"));
    if (assignment) leased.resolve({ assignment, at: performance.now() });
  };
  const stop = listener.subscribe("work_waiting", null, () => void look().catch(leased.reject));
  const began = performance.now();
  await work.launch("Repair the tests");
  const committed = performance.now();
  const { assignment, at } = await leased.promise;
  stop();
  await giveBack(work, assignment);
  return { whole: at - began, afterCommit: Math.max(0, at - committed) };
}

async function overHttp(work: BenchWork, client: ReturnType<typeof wireRunner>): Promise<number> {
  const poll = client.lease(work.request("agent", 20), new AbortController().signal);
  await systemClock.sleep(UNTIL_HELD);
  const began = performance.now();
  const [assignment] = await Promise.all([poll, work.launch("Repair the tests")]);
  const elapsed = performance.now() - began;
  if (!assignment) throw new Error("The long poll ended without the run that was launched.");
  await giveBack(work, assignment);
  return elapsed;
}

export async function measureDispatch(
  plane: BenchPlane,
  work: BenchWork,
  rounds: Rounds,
): Promise<Measure[]> {
  const log = createLogger("bench", pino.destination(2));
  const listener = startListener({ connectionString: plane.urls.web, log });
  await listener.ready();
  const peer = await openQueuePeer(plane.urls.owner);
  const floor = await openRawFloor(plane.urls.owner);
  const client = wireRunner(plane.url, work.runner);
  const after = { ours: [] as number[], peer: [] as number[] };
  try {
    const samples = await interleave(
      {
        services: async () => {
          const { whole, afterCommit } = await byServices(work, listener);
          after.ours.push(afterCommit);
          return whole;
        },
        queue: async () => {
          const { whole, afterCommit } = await peer.roundTrip();
          after.peer.push(afterCommit);
          return whole;
        },
        http: () => overHttp(work, client),
        raw: floor.insertToClaim,
      },
      rounds,
    );
    return measuresOf(samples, after);
  } finally {
    await Promise.all([peer.close(), floor.close(), listener.close()]);
  }
}

function measuresOf(
  samples: Record<"services" | "queue" | "http" | "raw", number[]>,
  after: { ours: number[]; peer: number[] },
): Measure[] {
  const peer = { name: "pg-boss: send → handler starts", samples: samples.queue };
  const floor = { name: "insert + NOTIFY → SKIP LOCKED claim", samples: samples.raw };
  const counted = (all: readonly number[]) => all.slice(-samples.services.length);
  return [
    {
      name: "Dispatch, click → lease held",
      ours: { name: "launch → lease granted, by services", samples: samples.services },
      peer,
      floor,
      goal: { kind: "none" },
    },
    {
      name: "Dispatch, the waiting alone",
      ours: { name: "launch committed → lease granted", samples: counted(after.ours) },
      peer: { name: "pg-boss: send resolved → handler starts", samples: counted(after.peer) },
      floor: null,
      goal: { kind: "none" },
    },
    {
      name: "Dispatch, click → lease in the runner's hands",
      ours: { name: "launch → answer of the runner's long poll", samples: samples.http },
      peer,
      floor,
      goal: { kind: "milliseconds", most: 100 },
    },
  ];
}
