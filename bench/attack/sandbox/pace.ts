// Whether a plane under attack answers as quickly as an idle one, on a host that others use too. Attack and quiet take turns,
// each pair its own round, so that whatever else the machine does is in both; and how far the answer would move with other
// rounds is part of it: rounds are drawn again and again, and what lies within that says nothing.
import { quantile } from "../../stats.ts";
import type { Random } from "../random.ts";

export interface Round {
  /** Milliseconds of each answer while nothing was attacked, and while something was. */
  readonly idle: readonly number[];
  readonly busy: readonly number[];
}

export interface Pace {
  /** p99 under attack to p99 idle, over all rounds. */
  readonly ratio: number;
  /** Where nine of ten draws of the rounds have it. */
  readonly low: number;
  readonly high: number;
  /** `undecided`: above the goal, but not beyond what the rounds differ by. */
  readonly verdict: "met" | "missed" | "undecided";
}

const DRAWS = 300;

/** From the slowest on, each with its round. */
const slowest = (rounds: readonly Round[], kind: keyof Round): readonly (readonly [number, number])[] =>
  rounds
    .flatMap((round, at) => round[kind].map((milliseconds) => [milliseconds, at] as const))
    .sort(([one], [other]) => other - one);

/** The p99, by nearest rank, where round `i` is there `times[i]` times. */
function p99Of(all: readonly (readonly [number, number])[], times: readonly number[]): number {
  const count = all.reduce((sum, [, round]) => sum + (times[round] ?? 0), 0);
  let above = count - Math.ceil(count * 0.99);
  for (const [milliseconds, round] of all) {
    above -= times[round] ?? 0;
    if (above < 0) return milliseconds;
  }
  throw new RangeError("There are no samples.");
}

export function judgePace(rounds: readonly Round[], goal: number, random: Random): Pace {
  const [busy, idle] = [slowest(rounds, "busy"), slowest(rounds, "idle")];
  const ratioWith = (times: readonly number[]) => p99Of(busy, times) / p99Of(idle, times);
  const ratio = ratioWith(rounds.map(() => 1));
  const draws = Array.from({ length: DRAWS }, () => {
    const times = rounds.map(() => 0);
    for (const _ of rounds) {
      const at = random.below(rounds.length);
      times[at] = (times[at] ?? 0) + 1;
    }
    return ratioWith(times);
  });
  const [low, high] = [quantile(draws, 0.05), quantile(draws, 0.95)];
  const verdict = ratio <= goal ? "met" : low > goal ? "missed" : "undecided";
  return { ratio, low, high, verdict };
}

/** An answer that was under way in `[from, to)`, if only in part, is one of that time. */
export const isIn = ([ended, milliseconds]: readonly [number, number], from: number, to: number): boolean =>
  ended > from && ended - milliseconds < to;
