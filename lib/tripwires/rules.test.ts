import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isBeyond, moveOf, type Reading, wayGone } from "./rules.ts";
import { Tripwire } from "./schema.ts";
import { readWire } from "./wire-line.ts";
import { distanceWords, wireSentence } from "./wire-words.ts";

const wireOf = (line: string): Tripwire => {
  const read = readWire(line);
  if (!read.ok) throw new Error(read.sentence);
  return Tripwire.parse(read.wire);
};
const reading = (
  value: number | null,
  sample = 10,
  baseline: number | null = null,
  isWhole = true,
): Reading => ({ value, sample, baseline, isWhole });

const REVERTS = wireOf("revert_rate > 20 % over 14 days; at least 5; clears at 10; pause");
const WARNS = wireOf("revert_rate > 20 % over 14 days; at least 5; clears at 10; warn");
const SLOW = wireOf("review_to_merge > 150 % of baseline over 7 days; pause");
const FEW = wireOf("merges < 3 over 1 week; clears at 4; warn");

describe("a tripwire", () => {
  test.each([
    [REVERTS, reading(20.1), true],
    [REVERTS, reading(20), false],
    [REVERTS, reading(80, 4), null],
    [REVERTS, reading(null, 0), null],
    [SLOW, reading(7, 9, 4), true],
    [SLOW, reading(6, 9, 4), false],
    [SLOW, reading(60, 9, null), null],
    [FEW, reading(2, 2), true],
    [FEW, reading(0, 0), true],
    [FEW, reading(0, 0, null, false), null],
    [FEW, reading(3, 3), false],
  ])("%j with %j: beyond is %j", (wire, read, beyond) => {
    expect(isBeyond(wire, read)).toBe(beyond);
    expect(moveOf(wire, "armed", read)).toBe(beyond ? "trips" : null);
  });

  test("that only warns trips once until its number has come back beyond where it clears", () => {
    expect(moveOf(WARNS, "tripped", reading(30))).toBeNull();
    expect(moveOf(WARNS, "tripped", reading(15))).toBeNull();
    expect(moveOf(WARNS, "tripped", reading(10))).toBe("clears");
    expect(moveOf(WARNS, "tripped", reading(null, 0))).toBe("clears");
    expect(moveOf(WARNS, "tripped", reading(null, 3))).toBeNull();
    expect(moveOf(FEW, "tripped", reading(3, 3))).toBeNull();
    expect(moveOf(FEW, "tripped", reading(4))).toBe("clears");
  });

  test("that paused the pilot clears by people alone", () => {
    fc.assert(
      fc.property(fc.option(fc.double({ noNaN: true })), fc.nat(50), (value, sample) => {
        expect(moveOf(REVERTS, "tripped", reading(value, sample))).toBeNull();
      }),
    );
  });

  test("never trips and is clear at once, whatever is read", () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, min: 0, max: 200 }), (value) => {
        if (moveOf(WARNS, "armed", reading(value)) === "trips")
          expect(moveOf(WARNS, "tripped", reading(value))).toBeNull();
      }),
    );
  });

  test("says how much of its way is gone", () => {
    expect(wayGone(REVERTS, reading(10))).toBe(0.5);
    expect(wayGone(REVERTS, reading(21))).toBe(1);
    expect(wayGone(FEW, reading(6))).toBe(0);
    expect(wayGone(FEW, reading(4.5))).toBe(0.5);
    expect(wayGone(FEW, reading(1))).toBe(1);
    expect(wayGone(SLOW, reading(1))).toBeNull();
  });
});

describe("what is said of a tripwire", () => {
  test("is one sentence with what happens", () => {
    expect(wireSentence(wireOf("failed_runs >= 3 over 24 hours; pause, cancel_runs"))).toBe(
      "Runs that failed over the last 24 hours at or above 3: the pilot is paused: no run is leased and no model is called; every run that can be is cancelled.",
    );
    expect(wireSentence(SLOW)).toContain(
      "Review to merge, median over the last 7 days above 150 % of its baseline, once there are 5 merges:",
    );
  });

  test("and how far it is, or what is missing to tell", () => {
    expect(distanceWords(REVERTS, reading(12))).toBe("12 % now, trips above 20 %: 8 % away.");
    expect(distanceWords(REVERTS, reading(25))).toBe("25 % now, trips above 20 %: beyond it.");
    expect(distanceWords(REVERTS, reading(50, 2))).toBe("2 of at least 5 merges in its window.");
    expect(distanceWords(REVERTS, reading(null, 0))).toBe("There is no merge in its window.");
    expect(distanceWords(SLOW, reading(3))).toBe("There is no baseline yet to hold it against.");
  });
});
