import { z } from "zod";

export const WatchState = z.enum(["watching", "held", "reverted", "rewritten"]);
export type WatchState = z.infer<typeof WatchState>;

/** What can be seen of a merge on its branch afterwards. */
export const Seen = z.enum([
  "reverted_here",
  "reverted_by_hand",
  "rewritten",
  "changed_again",
  "check_failed",
]);
export type Seen = z.infer<typeof Seen>;

/** How it was found. */
export const SeenBy = z.enum(["trees", "lines", "ancestry", "run", "check"]);
export type SeenBy = z.infer<typeof SeenBy>;

export interface Sighting {
  readonly seen: Seen;
  /** Where it was seen. */
  readonly commit: string;
  readonly source: SeenBy;
  /** Of the lines that the merge brought, how many are others now; null where that is not what was seen. */
  readonly lines: number | null;
  readonly ofLines: number | null;
  /** The reverting run, or the check from outside. */
  readonly subject: string | null;
  readonly at: Date;
}

export interface WatchView {
  readonly state: WatchState;
  /** As the branch got it. */
  readonly commit: string;
  readonly until: Date;
  readonly settledAt: Date | null;
  /** Oldest first. */
  readonly sightings: readonly Sighting[];
}
