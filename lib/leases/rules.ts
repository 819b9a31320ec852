import { SECOND } from "../clock.ts";
import type { Tier } from "../jail/schema.ts";
import { phaseSeconds } from "../pilots/rules.ts";
import type { Charter } from "../pilots/schema.ts";
import type { Phase } from "../protocol/schema.ts";

/** A lease ends this long after max(last heartbeat, control plane healthy since). */
export const LEASE = 10 * SECOND;
export const HEARTBEAT_SECONDS = 2;
/** A runner out of contact pauses its sandbox after this, and kills it after twice this. */
export const PAUSE_AFTER_SECONDS = 20;
/** A process beacon older than this means that the plane was not answering. */
export const BEACON_STALE = 4 * SECOND;

export interface Liveness {
  readonly now: number;
  readonly lastHeartbeat: number;
  /** Since when every needed process has been beating, or null while one is not. */
  readonly planeHealthySince: number | null;
}

/** An outage of ours fences nobody: silence counts only while we could have heard. */
export function isLost({ now, lastHeartbeat, planeHealthySince }: Liveness): boolean {
  if (planeHealthySince === null) return false;
  return now - Math.max(lastHeartbeat, planeHealthySince) > LEASE;
}

export interface Beacon {
  readonly since: number;
  readonly at: number;
}

/** The instant since which all beacons have been beating, or null when one is stale. */
export function healthySince(beacons: readonly Beacon[], now: number): number | null {
  if (beacons.length === 0 || beacons.some((beacon) => now - beacon.at > BEACON_STALE)) return null;
  return Math.max(...beacons.map((beacon) => beacon.since));
}

const STRENGTH: Record<Tier, number> = { weak: 0, strong: 1 };

export function tierSuffices(offered: Tier, minimum: Tier): boolean {
  return STRENGTH[offered] >= STRENGTH[minimum];
}

export interface Offer {
  readonly phase: Phase;
  readonly tier: Tier;
  readonly charter: Charter;
  /** Runs of the pilot that runners work on now. */
  readonly held: number;
}

/** How leases end whose runner fell silent; those that were stopped or handed something in are no loss. */
export const LOST = "lost: the runner fell silent";

/** The charter's word on who may take a run, and when. */
export function mayTake({ phase, tier, charter, held }: Offer): boolean {
  if (!tierSuffices(tier, charter.environment.minimumTier)) return false;
  return phase === "verify" || held < charter.controls.maxConcurrentRuns;
}

/** After `lost` leases of one phase: does the run go on? */
export const mayRetry = (charter: Charter, lost: number): boolean => lost < charter.controls.maxAttempts;

/** An attempt that takes a run up again gets a minute at least: to hand in what is done. */
const LEAST_SECONDS = 60;

/** What is left of the charter's time for an attempt, where earlier ones put the run away. Waiting costs nothing. */
export const secondsLeft = (charter: Charter, usedMs: number): number =>
  Math.max(LEAST_SECONDS, phaseSeconds(charter, "agent") - Math.floor(usedMs / SECOND));
