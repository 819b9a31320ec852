// Load that does not wait for its own answers: each call is due at its own instant, and its time counts from then on,
// so a stall is felt by every call that was due during it.
import type { Clock } from "#lib/clock.ts";

export interface Offer {
  /** Calls a second. */
  readonly rate: number;
  readonly seconds: number;
  /** Seconds whose calls are made and not counted. */
  readonly warmUp: number;
}

export interface Answers {
  /** Milliseconds from the instant a call was due to its answer, in the order they were due. */
  readonly samples: number[];
  readonly failures: readonly unknown[];
}

const SECOND = 1000;

/** Makes `call(n)` for n = 0, 1, … at `rate`. `clock` is a steady one. */
export async function offerLoad(
  call: (index: number) => Promise<unknown>,
  { rate, seconds, warmUp }: Offer,
  clock: Clock,
): Promise<Answers> {
  const total = Math.round(rate * (seconds + warmUp));
  const uncounted = Math.round(rate * warmUp);
  const began = clock.now();
  const dueAt = (index: number) => began + (index / rate) * SECOND;
  const samples: number[] = [];
  const failures: unknown[] = [];
  const waiting: Promise<void>[] = [];
  const make = async (index: number) => {
    try {
      await call(index);
      if (index >= uncounted) samples[index - uncounted] = clock.now() - dueAt(index);
    } catch (error) {
      failures.push(error);
    }
  };
  for (let index = 0; index < total; ) {
    if (dueAt(index) > clock.now()) await clock.sleep(Math.max(0, dueAt(index) - clock.now()));
    for (; index < total && dueAt(index) <= clock.now(); index++) waiting.push(make(index));
  }
  await Promise.all(waiting);
  return { samples: samples.filter(() => true), failures };
}
