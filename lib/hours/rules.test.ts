import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { HOUR, MINUTE } from "../clock.ts";
import { daysInWords, isOpen, momentIn, opensAt, workingDeadline } from "./rules.ts";
import { WeekDay, type WorkingHours } from "./schema.ts";

const office: WorkingHours = {
  ...{ days: ["mon", "tue", "wed", "thu", "fri"], from: "09:00", to: "17:00", timeZone: "Europe/Berlin" },
};
const at = (text: string) => Date.parse(text);

describe("working hours", () => {
  test.each([
    ["2030-03-29T07:59:59Z", false], // Friday, one second to nine
    ["2030-03-29T08:00:00Z", true],
    ["2030-03-29T15:59:59Z", true],
    ["2030-03-29T16:00:00Z", false],
    ["2030-03-30T10:00:00Z", false], // Saturday
    ["2030-04-01T07:00:00Z", true], // Monday, after the clocks went forward
    ["2030-04-01T06:59:00Z", false],
  ])("at %s are open: %s", (text, open) => {
    expect(isOpen(office, at(text))).toBe(open);
  });

  test("say when they open next, over a weekend on which the clocks go forward", () => {
    const monday = opensAt(office, at("2030-03-29T16:00:00Z"));
    expect(new Date(monday).toISOString()).toBe("2030-04-01T07:00:00.000Z");
    expect(momentIn("Europe/Berlin", monday)).toBe("Monday 1 April, 09:00");
  });

  test("of nobody are always", () => {
    const always = { ...office, days: [] };
    expect(isOpen(always, at("2030-03-30T03:00:00Z"))).toBe(true);
    expect(workingDeadline(5, 7, always)).toBe(12);
  });

  test("whose beginning the clocks jump over begin when they have jumped", () => {
    const night = { ...office, days: ["sun" as const], from: "02:30", to: "06:00" };
    expect(new Date(opensAt(night, at("2030-03-30T20:00:00Z"))).toISOString()).toBe(
      "2030-03-31T01:00:00.000Z",
    );
  });

  test("whose beginning comes twice begin the first time", () => {
    const night = { ...office, days: ["sun" as const], from: "02:30", to: "06:00" };
    expect(new Date(opensAt(night, at("2030-10-26T20:00:00Z"))).toISOString()).toBe(
      "2030-10-27T00:30:00.000Z",
    );
  });

  test("until midnight end with the day", () => {
    const late = { ...office, from: "20:00", to: "24:00" };
    expect(isOpen(late, at("2030-06-03T21:59:00Z"))).toBe(true);
    expect(isOpen(late, at("2030-06-03T22:00:00Z"))).toBe(false);
  });
});

describe("a deadline in working hours", () => {
  test("of ten hours that begin on a Friday afternoon is on Tuesday morning", () => {
    // One hour on Friday, eight on Monday, one on Tuesday.
    expect(new Date(workingDeadline(at("2030-03-29T15:00:00Z"), 10 * HOUR, office)).toISOString()).toBe(
      "2030-04-02T08:00:00.000Z",
    );
  });

  test("counts the hours there really are in a night in which the clocks change", () => {
    const nights = { ...office, days: ["sun" as const], from: "00:00", to: "06:00" };
    const spring = workingDeadline(at("2030-03-30T12:00:00Z"), 5 * HOUR, nights);
    expect(new Date(spring).toISOString()).toBe("2030-03-31T04:00:00.000Z");
    const autumn = workingDeadline(at("2030-10-26T12:00:00Z"), 7 * HOUR, nights);
    expect(new Date(autumn).toISOString()).toBe("2030-10-27T05:00:00.000Z");
  });

  const zones = fc.constantFrom(
    ...["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "UTC", "Asia/Kathmandu"],
    ...["America/St_Johns", "Africa/Casablanca", "Pacific/Apia"],
  );
  /** The wall's clock, read in another way than the rules do. */
  const clockOf = (timeZone: string, moment: number) => {
    const text = new Date(moment).toLocaleString("en-GB", { timeZone, weekday: "short", hourCycle: "h23" });
    const time = new Date(moment).toLocaleTimeString("en-GB", { timeZone, hourCycle: "h23" }).slice(0, 5);
    return { day: text.slice(0, 3).toLowerCase(), time };
  };
  const hoursIn = (timeZone: string) =>
    fc
      .record({
        days: fc.uniqueArray(fc.constantFrom(...WeekDay.options), { minLength: 1 }),
        // Clear of the hours at which clocks change: there the wall's clock alone does not tell.
        from: fc.integer({ min: 4, max: 11 }),
        length: fc.integer({ min: 1, max: 12 }),
      })
      .map(({ days, from, length }) => ({
        ...{ days, timeZone, from: `${String(from).padStart(2, "0")}:00` },
        to: `${String(Math.min(from + length, 23)).padStart(2, "0")}:00`,
      }));
  const scene = zones.chain((timeZone) =>
    fc.record({
      hours: hoursIn(timeZone),
      opened: fc
        .integer({ min: at("2025-01-01T00:00:00Z"), max: at("2032-01-01T00:00:00Z") })
        .map((moment) => Math.floor(moment / MINUTE) * MINUTE),
      quarters: fc.integer({ min: 1, max: 60 }),
    }),
  );
  const QUARTER = 15 * MINUTE;

  test("is what counting quarters of an hour on the wall's clock gives, in any zone and over any change", () => {
    fc.assert(
      fc.property(scene, ({ hours, opened, quarters }) => {
        const start = Math.ceil(opened / QUARTER) * QUARTER;
        let left = quarters;
        let moment = start;
        for (; left > 0; moment += QUARTER) {
          const { day, time } = clockOf(hours.timeZone, moment);
          if (hours.days.some((one) => one === day) && time >= hours.from && time < hours.to) left -= 1;
        }
        expect(workingDeadline(start, quarters * QUARTER, hours)).toBe(moment);
      }),
      { numRuns: 15 },
    );
  });

  test("is never in closed hours, never early, and later for more", () => {
    fc.assert(
      fc.property(scene, ({ hours, opened, quarters }) => {
        const due = workingDeadline(opened, quarters * QUARTER, hours);
        expect(due).toBeGreaterThanOrEqual(opened + quarters * QUARTER);
        expect(isOpen(hours, due - 1)).toBe(true);
        expect(workingDeadline(opened, (quarters + 1) * QUARTER, hours)).toBeGreaterThan(due);
      }),
      { numRuns: 200 },
    );
  });
});

test("days are said as people say them", () => {
  expect(daysInWords(["fri", "mon", "tue", "thu", "wed"])).toBe("Mon–Fri");
  expect(daysInWords(["mon", "wed"])).toBe("Mon, Wed");
});
