import { describe, expect, test } from "vitest";
import { LONGEST, playFrames } from "./play-frames.ts";

interface Told {
  readonly count: number;
  /** Milliseconds each frame asks for, and takes to be drawn. */
  readonly asks?: number;
  readonly takes?: number;
  readonly isOnce?: boolean;
  /** The frame at which somebody presses Stop. */
  readonly stopAt?: number;
}

/** Plays on a clock that only drawing and waiting move. */
async function played({ count, asks = 100, takes = 1, isOnce = false, stopAt = -1 }: Told) {
  const gone = new AbortController();
  const shown: number[] = [];
  let [clock, waited] = [0, 0];
  await playFrames(
    {
      count,
      show: async (frame) => {
        if (shown.push(frame) - 1 === stopAt) gone.abort();
        clock += takes;
        return asks;
      },
    },
    {
      ...{ signal: gone.signal, isOnce, now: () => clock },
      wait: async (milliseconds) => {
        clock += milliseconds;
        waited += milliseconds;
      },
    },
  );
  return { shown, clock, waited };
}

describe("a picture that moves", () => {
  test("shows its frames in order, again and again, until somebody stops it", async () => {
    expect((await played({ count: 3, stopAt: 4 })).shown).toEqual([0, 1, 2, 0, 1]);
  });

  test("shows them once to whoever asked for less motion", async () => {
    expect((await played({ count: 3, isOnce: true })).shown).toEqual([0, 1, 2]);
  });

  test("stands still again after a minute", async () => {
    expect((await played({ count: 3 })).clock).toBe(LONGEST);
  });

  test("probe: frames that ask for no time at all stand for some", async () => {
    expect((await played({ count: 200_000, asks: 0 })).shown.length).toBeLessThanOrEqual(LONGEST / 50);
  });

  test("probe: frames that are slow to draw leave half of the time to the page", async () => {
    const { clock, waited } = await played({ count: 9, asks: 0, takes: 700 });
    expect(waited).toBeGreaterThanOrEqual((clock - 700) / 2);
  });

  test("probe: a frame that asks for a day ends with the minute", async () => {
    expect((await played({ count: 2, asks: 86_400_000 })).clock).toBe(LONGEST);
  });

  test.each([0, 1])("probe: one of %i frames does not go round", async (count) => {
    expect((await played({ count })).shown).toEqual([]);
  });
});
