import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Clock } from "#lib/clock.ts";
import { AppError, type ErrorCode } from "#lib/errors.ts";
import { testLogger } from "#lib/testing/runner/parts.ts";
import { backOff, isPassing, untilAnswered } from "./retry.ts";

/** Time that passes only by sleeping. */
function sleepingClock() {
  const waits: number[] = [];
  const clock: Clock = {
    now: () => waits.reduce((sum, wait) => sum + wait, 0),
    async sleep(milliseconds, signal) {
      signal?.throwIfAborted();
      waits.push(milliseconds);
    },
  };
  return { clock, waits };
}

function patience(changes: { signal?: AbortSignal; longest?: number } = {}) {
  const { clock, waits } = sleepingClock();
  const { logger, lines } = testLogger();
  const signal = new AbortController().signal;
  return { patience: { clock, signal, logger, what: "asking", ...changes }, waits, lines };
}

describe("the wait after failures", () => {
  test("grows to its limit and is never shorter than half of that, whatever the chance", () => {
    const failures = fc.integer({ min: 1, max: 10_000 });
    const longest = fc.integer({ min: 250, max: 100_000 });
    fc.assert(
      fc.property(
        failures,
        longest,
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        (n, limit, chance) => {
          const wait = backOff(n, limit, chance);
          const full = Math.min(limit, 250 * 2 ** Math.min(n - 1, 20));
          expect(wait).toBeGreaterThanOrEqual(full / 2);
          expect(wait).toBeLessThanOrEqual(full);
          expect(backOff(n + 1, limit, chance)).toBeGreaterThanOrEqual(wait);
        },
      ),
    );
  });
});

describe("trying until there is an answer", () => {
  test("gives the first answer and says only once that it is waiting", async () => {
    const given = patience();
    const outcomes = ["unavailable", "unavailable", "too_many"] satisfies ErrorCode[];
    let asked = 0;
    const answer = await untilAnswered(async () => {
      const code = outcomes[asked++];
      if (code !== undefined) throw new AppError(code, "not now");
      return "yes";
    }, given.patience);
    expect(answer).toBe("yes");
    expect(given.waits).toHaveLength(3);
    expect(given.lines.map(({ msg }) => msg)).toEqual(["asking: no answer yet, trying again"]);
  });

  test.each<ErrorCode>(["fenced", "bad_input", "refused", "not_found", "expired", "too_large", "conflict"])(
    "does not ask again after %s",
    async (code) => {
      let asked = 0;
      const asking = untilAnswered(async () => {
        asked++;
        throw new AppError(code, "no");
      }, patience().patience);
      await expect(asking).rejects.toMatchObject({ code });
      expect(asked).toBe(1);
    },
  );

  test("does not hide an error of our own", async () => {
    const asking = untilAnswered(() => Promise.reject(new TypeError("a bug")), patience().patience);
    await expect(asking).rejects.toThrow("a bug");
    expect(isPassing(new TypeError("a bug"))).toBe(false);
  });

  test("ends with the signal's reason", async () => {
    const over = new AbortController();
    const asking = untilAnswered(
      async () => {
        over.abort(new Error("The lease is over."));
        throw over.signal.reason;
      },
      patience({ signal: over.signal }).patience,
    );
    await expect(asking).rejects.toThrow("The lease is over.");
  });

  test("ends while it waits, too", async () => {
    const over = new AbortController();
    let asked = 0;
    const asking = untilAnswered(
      async () => {
        if (++asked === 2) over.abort(new Error("The lease is over."));
        throw new AppError("unavailable", "not now");
      },
      patience({ signal: over.signal }).patience,
    );
    await expect(asking).rejects.toMatchObject({ code: "unavailable" });
    expect(asked).toBe(2);
  });
});
