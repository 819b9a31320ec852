/** What ended a lease: a stop that somebody pulled, or a drill of one. */
export type StopCause = { readonly stopId: string } | { readonly drillId: string };

/**
 * `stopped`: its runner said that nothing of the run is running. `not_reached`: the runner did not ask in time, so it was
 * not told; it pauses and kills by itself. `unconfirmed`: it was told, and never said that the run had ended, or a call of a model
 * was still open a minute later.
 */
export type ReachOutcome = "waiting" | "stopped" | "not_reached" | "unconfirmed";

/** Milliseconds since the pull; null where there was none. */
export interface StopMoments {
  readonly told: number | null;
  readonly ended: number | null;
  readonly network: number | null;
  readonly model: number | null;
}

/** How one run was stopped, as pages show it. */
export interface ReachView extends StopMoments {
  readonly leaseId: string;
  readonly stopId: string | null;
  readonly drillId: string | null;
  readonly runId: string;
  readonly runTitle: string;
  readonly pilotId: string;
  readonly runnerName: string;
  readonly phase: string;
  readonly pulledAt: Date;
  readonly outcome: ReachOutcome;
  /** The last of `ended`, `network` and `model`. */
  readonly stop: number | null;
  /** When its runner said that the run had ended, be it after it was given up. */
  readonly confirmedAt: Date | null;
}
