// What people's decision to let a pilot go on does to its tripwires, and what holds its merges until then.
import { type Db, read, type Tx } from "../db.ts";
import { charterInForce } from "../pilots/service.ts";
import { REVERT_KIND } from "../reverts/schema.ts";
import type { Scope } from "../scope.ts";
import { armTripped, findFreeze, liftTrips, selectHolding } from "./store.ts";
import { sha256 } from "./watch-wires.ts";

/** The resume gate was approved: every wire is armed, and after a trip counts only what happens from now on. */
export async function armAgain(tx: Tx, scope: Scope, pilotId: string): Promise<void> {
  const now = new Date(scope.clock.now());
  const charter = await charterInForce(tx.db, pilotId);
  for (const wire of await armTripped(tx.db, pilotId, now))
    tx.record({
      kind: "pilot.wire_armed",
      about: [`pilot:${pilotId}`],
      charter,
      detail: { wire: sha256(wire), by: "person" },
    });
  await liftTrips(tx.db, pilotId, now);
}

/** Trips that the document of a resume gate holds, the latest; beyond, their number. */
const MOST_TRIPS = 20;

/** What the people at a resume gate would lift, as its document says it. */
export async function heldByTrips(db: Db, pilotId: string) {
  const { count, trips } = await selectHolding(db, pilotId, MOST_TRIPS);
  return {
    tripCount: count,
    trips: trips.map(({ trippedAt, ...trip }) => ({ ...trip, at: trippedAt.toISOString() })),
  };
}

/** Why a run of the pilot does not merge, or null. Taking back is what a tripwire is for: reverts do. */
export async function whyFrozen(
  db: Db,
  { pilotId, kind }: { readonly pilotId: string; readonly kind: string },
): Promise<string | null> {
  if (kind === REVERT_KIND) return null;
  const freeze = await findFreeze(db, pilotId);
  if (!freeze) return null;
  return `A tripwire of the charter froze the pilot's merges (${freeze.wire}). They go on once people resume the pilot.`;
}

/** The same for the worker, which asks again while a merge waits elsewhere. */
export const whyFrozenOf = (scope: Scope, runId: string): Promise<string | null> =>
  read(scope, async (db) => {
    const select = { pilotId: true, kind: true } as const;
    return whyFrozen(db, await db.run.findUniqueOrThrow({ where: { id: runId }, select }));
  });
