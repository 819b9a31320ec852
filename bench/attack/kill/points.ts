// Where a process is killed: which one, at which step of the load, and how long after it. The seed decides all of it.
import type { Random } from "../random.ts";

/** `postgres` is the server itself, `backend` one of its connections, which takes the server through recovery. */
export type Target = "notary" | "worker" | "web" | "postgres" | "backend";

/** Moments of the load that a kill may follow. */
export const STEPS = [
  "entry_sent",
  "entry_acknowledged",
  "batch_sent",
  "batch_acknowledged",
  "document_shown",
  "decision_sent",
  "checkpoint_seen",
] as const;
export type Step = (typeof STEPS)[number];

export interface Point {
  readonly targets: readonly Target[];
  readonly step: Step;
  /** Milliseconds after the step. */
  readonly delay: number;
}

/** A commit takes a few milliseconds here, a round of the notary some ten. */
const LONGEST_DELAY = 30;

/** One point in five takes two processes at once. */
export function drawPoint(random: Random, among: readonly Target[]): Point {
  const first = random.pick(among);
  const others = among.filter((target) => target !== first);
  const isDouble = random.below(5) === 0 && others.length > 0;
  const step = random.pick(STEPS);
  const delay = random.below(3) === 0 ? 0 : random.below(LONGEST_DELAY);
  return { targets: isDouble ? [first, random.pick(others)] : [first], step, delay };
}

export const pointText = ({ targets, step, delay }: Point): string =>
  `${targets.join(" and ")}, ${delay} ms after ${step.replace("_", " ")}`;
