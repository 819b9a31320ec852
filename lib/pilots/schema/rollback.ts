import { z } from "zod";
import { Tripwires } from "../../tripwires/schema.ts";
import { each, whole } from "./words.ts";

/** What has to be so before a pilot is completed; whoever completes it states how each is met. */
export const ExitCriterion = z.enum(["independent_review", "targets_met", "runs_ended"]);
export type ExitCriterion = z.infer<typeof ExitCriterion>;

/**
 * `warn` tells it; `pause`: no run is given to a runner any more; `stop` pulls the pilot's emergency stop: runs lose their
 * runners and tokens, nothing merges; `cancel`: paused, and every run that can be is cancelled.
 */
export const TripAction = z.enum(["warn", "pause", "stop", "cancel"], "Choose warn, pause, stop or cancel.");
export type TripAction = z.infer<typeof TripAction>;

export const Rollback = z.strictObject({
  exitCriteria: each(ExitCriterion),
  /** This many failed runs in a row trip it. */
  pauseAfterFailedRuns: whole(1, 50),
  /** What happens then, from the mildest on; each does what stands before it, but `cancel` pulls no stop. */
  onFailedRuns: TripAction,
  /** Bounds on numbers, and what happens beyond them. */
  tripwires: Tripwires,
  /** Launches are refused beyond these two. */
  maxRuns: whole(1, 10_000),
  /** Last day, in the pilot's time zone. */
  endsOn: z.iso.date("Write the last day as 2030-12-31."),
});
