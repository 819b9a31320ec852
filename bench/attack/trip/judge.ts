// What has to be so of a pilot whose tripwire tripped, whatever was killed meanwhile. Pure.

export interface TripRecord {
  readonly status: string;
  /** Entries of each kind about the pilot. */
  readonly tripped: number;
  readonly paused: number;
  /** Of entries that a step was done, sorted. */
  readonly steps: readonly string[];
  readonly waitingSteps: number;
  readonly trips: number;
  readonly queuedRuns: number;
  readonly leases: number;
}

const STEPS = ["cancel_runs", "escalate", "freeze_merges"];

export function faultsOf(pilotId: string, record: TripRecord): string[] {
  const { status, tripped, paused, steps, waitingSteps, trips, queuedRuns, leases } = record;
  const faults = [
    ...(status === "paused" ? [] : [`it is ${status}`]),
    ...(tripped === 1 && trips === 1
      ? []
      : [`it tripped ${tripped} times in the log and ${trips} in its rows`]),
    ...(paused === 1 ? [] : [`it was paused ${paused} times`]),
    ...(waitingSteps === 0 ? [] : [`${waitingSteps} steps still wait`]),
    ...(steps.join() === STEPS.join() ? [] : [`its steps were ${steps.join(", ") || "none"}`]),
    ...(queuedRuns === 0 ? [] : [`${queuedRuns} runs still wait for a runner`]),
    ...(leases === 0 ? [] : [`${leases} runs were leased`]),
  ];
  return faults.map((fault) => `${pilotId}: ${fault}`);
}
