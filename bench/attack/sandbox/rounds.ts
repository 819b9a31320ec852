// Attack by turns with quiet times of the same length, so that whatever else the machine does is in both.
import { systemClock } from "#lib/clock.ts";
import { spreadOf } from "../../stats.ts";
import { isIn, type Pace, type Round } from "./pace.ts";

/** `[when, milliseconds]` of one transaction. */
export type Asked = readonly [number, number];

/** Something to attack with. */
export type Piece = () => Promise<void>;

export const WARM_UP = 3000;
/** Milliseconds of attack before it is quiet for as long; a piece under way is brought to its end. */
const ROUND = 2000;
const LONGEST_QUIET = 6000;
export const GOAL = 1.5;

/** `asked`: everything that the watched process did so far, which goes on growing. */
export async function inRounds(asked: readonly Asked[], pieces: readonly Piece[]): Promise<Round[]> {
  const times: [began: number, attacked: number, quiet: number][] = [];
  for (let next = 0; next < pieces.length; ) {
    const began = systemClock.now();
    while (next < pieces.length && systemClock.now() - began < ROUND) await pieces[next++]?.();
    const quiet = systemClock.now();
    await systemClock.sleep(Math.min(LONGEST_QUIET, Math.max(ROUND, quiet - began)));
    times.push([began, quiet, systemClock.now()]);
  }
  return times.map(([began, quiet, end]) => {
    const busy = asked.filter((each) => isIn(each, began, quiet));
    const idle = asked.filter((each) => isIn(each, quiet, end) && !busy.includes(each));
    const milliseconds = (some: typeof busy) => some.map(([, each]) => each);
    return { busy: milliseconds(busy), idle: milliseconds(idle) };
  });
}

export function sayPace({ ratio, low, high, verdict }: Pace, rounds: readonly Round[]): void {
  const spread = (kind: keyof Round) => {
    const { count, p50, p99 } = spreadOf(rounds.flatMap((round) => round[kind]));
    return `p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms of ${count}`;
  };
  console.log(
    `\nthe control plane under attack: ${spread("busy")}; idle in between: ${spread("idle")}\n` +
      `p99 ${ratio.toFixed(2)} × idle over ${rounds.length} rounds (${low.toFixed(2)} to ${high.toFixed(2)} with other rounds; goal ${GOAL}): ${verdict}`,
  );
}
