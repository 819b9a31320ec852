// How far a run has strayed: parts, the facts behind them, and points over time.
import { z } from "zod";

export const DRIFT_PARTS = [
  "outside",
  "circles",
  "tests",
  "idle",
  "contradicted",
  "budget",
  "refused",
  "harness",
  "goal",
] as const;
export const DriftPart = z.enum(DRIFT_PARTS);
export type DriftPart = z.infer<typeof DriftPart>;

/** Whole numbers, each counted from events; more of one never lowers the score. */
export interface DriftFacts {
  /** Files changed outside the charter's paths. */
  readonly outside: number;
  /** The tree came back to what it was before. */
  readonly returns: number;
  /** Commands that had run twice already on the very same tree. */
  readonly repeats: number;
  /** Commands that failed once more after failing twice. */
  readonly failures: number;
  /** Edits of a file that had been edited four times. */
  readonly rewrites: number;
  /** Tests that fail on the agent's tree and not on the base, by the harness's last look. */
  readonly newlyFailing: number;
  /** More failing tests than at the harness's best look. */
  readonly worse: number;
  /** Tokens since the tree last changed, by the gateway's count. */
  readonly idleTokens: number;
  /** Statements that a command contradicts. */
  readonly contradictions: number;
  /** Assumptions that do not hold, by the harness's last look. */
  readonly assumptions: number;
  /** Thousandths of the run's budget spent since the tree was last one that it had not been before. */
  readonly stalled: number;
  /** Ways out of the sandbox that were refused, and asks that were declined. */
  readonly refused: number;
  /** Files of the harness changed. */
  readonly harness: number;
  /** How often the goal was changed. */
  readonly goals: number;
}
export type DriftFact = keyof DriftFacts;

export const PartScore = z.object({
  part: DriftPart,
  /** 0 to 100. */
  score: z.int().min(0).max(100),
  /** What it adds to the run's score. */
  points: z.int().min(0),
  /** The facts behind it that are not 0. */
  facts: z.record(z.string(), z.int()),
  /** Numbers of the events it rests on, the newest last. */
  events: z.array(z.int().min(1)),
});
export type PartScore = z.infer<typeof PartScore>;

/** The score after an event. Between two points it is that of the first. */
export interface DriftPoint {
  /** Number of the event. */
  readonly seq: number;
  readonly at: string;
  readonly score: number;
  /** In the order of `DRIFT_PARTS`; those at 0 are left out. */
  readonly parts: readonly PartScore[];
}

/** `paused`: the run was paused for it. */
export interface StoredPoint extends DriftPoint {
  readonly paused: boolean;
}

/** A run's drift as the page draws it. */
export interface DriftView {
  /** Null: the charter pauses no run by its drift. */
  readonly threshold: number | null;
  readonly points: readonly StoredPoint[];
}
