import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { HOUR, MINUTE } from "../clock.ts";
import { workingDeadline } from "../hours/rules.ts";
import type { WeekDay } from "../hours/schema.ts";
import { defaultCharter } from "../pilots/defaults.ts";
import { workingHoursOf } from "../pilots/rules.ts";
import type { Charter } from "../pilots/schema.ts";
import { hasLonger, ownHasLonger } from "./decision-times.ts";
import { differences, isLoosening } from "./difference.ts";

const base = defaultCharter(`rep_${"1".repeat(22)}`, "main", "2030-12-31");
const with_ = (controls: Partial<Charter["controls"]>): Charter => ({
  ...base,
  controls: { ...base.controls, ...controls },
});
const WEEKDAYS: WeekDay[] = ["mon", "tue", "wed", "thu", "fri"];
const working = (approvalHours: number, more: Partial<Charter["controls"]> = {}) =>
  with_({ approvalClock: "working", approvalHours, workDays: WEEKDAYS, ...more });

describe("the hours in which people decide", () => {
  test("fewer hours of work may be longer than more hours of the clock", () => {
    // Friday evening: 8 hours of work end on Monday, 24 of the clock on Saturday.
    expect(hasLonger(with_({ approvalHours: 24, workDays: WEEKDAYS }), working(8))).toBe(true);
    expect(hasLonger(with_({ approvalHours: 720, workDays: WEEKDAYS }), working(8))).toBe(false);
    expect(hasLonger(working(8), with_({ approvalHours: 8, workDays: WEEKDAYS }))).toBe(false);
    expect(hasLonger(working(8), with_({ approvalHours: 24, workDays: WEEKDAYS }))).toBe(true);
  });

  test("the same hours over fewer days are longer, and so is a change of the days alone", () => {
    const fewer = working(8, { workDays: ["mon"] });
    expect(hasLonger(working(8), fewer)).toBe(true);
    expect(isLoosening(differences(working(8), fewer))).toBe(true);
    expect(isLoosening(differences(working(8), working(7)))).toBe(false);
    expect(isLoosening(differences(with_({ approvalHours: 24, workDays: WEEKDAYS }), working(8)))).toBe(true);
    // Where the clock never asks for the days, fewer of them only launch less.
    expect(isLoosening(differences(with_({ workDays: WEEKDAYS }), with_({ workDays: ["mon"] })))).toBe(false);
  });

  test("what cannot be told is longer", () => {
    expect(hasLonger(working(8), with_({ approvalClock: "working", workDays: [] }))).toBe(true);
  });

  test("a gate's own hours are held against the days too", () => {
    const own = { gate: "merge" as const, roles: ["reviewer" as const], needed: 1, denials: 1 };
    const ruled = (hours: number, workDays: WeekDay[]) =>
      with_({ workDays, gates: [{ ...own, hours, clock: "working" }] });
    expect(ownHasLonger(ruled(8, WEEKDAYS), ruled(8, ["mon"]))).toBe(true);
    expect(isLoosening(differences(ruled(8, WEEKDAYS), ruled(8, ["mon"])))).toBe(true);
    expect(isLoosening(differences(ruled(8, WEEKDAYS), ruled(7, WEEKDAYS)))).toBe(false);
  });

  test("says what the deadlines themselves say, at every quarter of an hour of a week", () => {
    const MONDAY = Date.parse("2030-06-03T00:00:00Z");
    const charters = fc.record({
      days: fc.uniqueArray(fc.constantFrom<WeekDay>("mon", "tue", "wed", "thu", "fri", "sat", "sun"), {
        minLength: 1,
      }),
      from: fc.constantFrom("00:00", "08:30", "09:00"),
      to: fc.constantFrom("12:15", "17:00", "24:00"),
      hours: fc.integer({ min: 1, max: 60 }),
      clock: fc.constantFrom<"always" | "working">("always", "working"),
    });
    fc.assert(
      fc.property(charters, charters, (one, other) => {
        const [before, after] = [one, other].map(({ days, from, to, hours, clock }) =>
          with_({ workDays: days, workFrom: from, workTo: to, approvalHours: hours, approvalClock: clock }),
        ) as [Charter, Charter];
        const deadline = (charter: Charter, opened: number) =>
          charter.controls.approvalClock === "always"
            ? opened + charter.controls.approvalHours * HOUR
            : workingDeadline(opened, charter.controls.approvalHours * HOUR, workingHoursOf(charter, "UTC"));
        const quarters = Array.from({ length: 7 * 24 * 4 }, (_, at) => MONDAY + at * 15 * MINUTE);
        const isLater = quarters.some((opened) => deadline(after, opened) > deadline(before, opened));
        // A moment between two quarters may be later where none of the quarters is; never the other way round.
        if (isLater) expect(hasLonger(before, after)).toBe(true);
      }),
      { numRuns: 40 },
    );
  });
});
