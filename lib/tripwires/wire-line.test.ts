import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Bound, TripMeasure, TripStep, Tripwire, Tripwires } from "./schema.ts";
import { readWire, wireLine } from "./wire-line.ts";

const parse = (line: string): Tripwire => {
  const read = readWire(line);
  if (!read.ok) throw new Error(read.sentence);
  return Tripwire.parse(read.wire);
};

const sentenceOf = (line: string): string => {
  const read = readWire(line);
  if (!read.ok) return read.sentence;
  const parsed = Tripwire.safeParse(read.wire);
  return parsed.success ? "it was taken" : (parsed.error.issues[0]?.message ?? "");
};

describe("a tripwire as a line", () => {
  test("says all of it, and what is left out is what is usual", () => {
    expect(parse("revert_rate > 20 % over 14 days; at least 8; clears at 10; pause, freeze_merges")).toEqual({
      ...{ measure: "revert_rate", bound: ">", threshold: 20, of: "value", windowHours: 336, minimum: 8 },
      ...{ clears: 10, steps: ["pause", "freeze_merges"] },
    });
    expect(parse("  failed_runs ≥ 3 over 1 week ; warn")).toMatchObject({
      ...{ bound: ">=", windowHours: 168, minimum: 1, clears: 3, steps: ["warn"] },
    });
    expect(parse("review_to_merge>150% of baseline over 7 days; pause")).toMatchObject({
      ...{ of: "baseline", threshold: 150, minimum: 5 },
    });
    expect(parse("agent_lead_time > 8 hours over 36 hours; warn").windowHours).toBe(36);
    expect(parse("spend > 200 $ over 1 day; warn").of).toBe("value");
  });

  test("is read as it was written, whatever it says", () => {
    const safe = TripStep.exclude(["warn", "pause"]).options;
    const wires = fc
      .record({
        measure: fc.constantFrom(...TripMeasure.options),
        bound: fc.constantFrom(...Bound.options),
        threshold: fc.integer({ min: 0, max: 1_000_000 }),
        of: fc.constantFrom("value" as const, "baseline" as const),
        windowHours: fc.integer({ min: 1, max: 24 * 90 }),
        minimum: fc.integer({ min: 1, max: 10_000 }),
        steps: fc.oneof(
          fc.constant<TripStep[]>(["warn"]),
          fc.uniqueArray(fc.constantFrom(...safe)).map((more): TripStep[] => ["pause", ...more]),
        ),
      })
      .map((wire) => ({ ...wire, clears: wire.threshold }));
    fc.assert(
      fc.property(wires, (wire) => {
        expect(parse(wireLine(wire))).toEqual(wire);
      }),
    );
  });

  test.each([
    ["", /does not begin as a tripwire does/],
    ["revert_rat > 20 over 1 day; warn", /did you mean revert_rate\?$/],
    ["velocity > 20 over 1 day; warn", /there are revert_rate, escaped_rate/],
    ["revert_rate > 20 h over 1 day; warn", /bounded in %, or in “% of baseline”; “h” is neither/],
    ["failed_runs > 3 over 1 day", /does not say what happens/],
    ["failed_runs > 3 over 1 day; explode", /Choose warn, or among pause/],
    ["failed_runs > 3 over 1 day; warn, pause", /To warn is to do nothing else/],
    ["failed_runs > 3 over 1 day; cancel_runs", /pauses the pilot too/],
    ["failed_runs > 3 over 1 day; clears at 4; warn", /safe side/],
    ["merges < 3 over 1 week; clears at 2; warn", /safe side/],
    ["failed_runs > 3 over 91 days; warn", /1 to 2160/],
    ["failed_runs > 1.5 over 1 day; warn", /whole number/],
    ["failed_runs > -1 over 1 day; warn", /whole number/],
    ["failed_runs > 3 over 1 day; warn; pause", /none of its parts/],
    ["failed_runs > 3 over 1 day; at least many; warn", /whole number from 1/],
    [`${"a".repeat(100_000)} > 1 over 1 day; warn`, /does not begin/],
    ["__proto__ > 3 over 1 day; warn", /no number there is/],
    ["constructor > 3 over 1 day; warn", /no number there is/],
  ])("probe: %s is refused with what would be right", (line, sentence) => {
    expect(sentenceOf(line)).toMatch(sentence);
  });

  test("stands once in a charter", () => {
    const wire = parse("failed_runs > 3 over 1 day; warn");
    expect(Tripwires.safeParse([wire, wire]).error?.issues[0]?.message).toContain("twice");
    expect(Tripwires.safeParse([wire, { ...wire, threshold: 4 }]).success).toBe(true);
  });
});
