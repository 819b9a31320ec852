// When the brief of a day is due, on days of 23, 24 and 25 hours.
import { describe, expect, test } from "vitest";
import { DAY, HOUR, MINUTE } from "../../clock.ts";
import { type DigestTime, dueDay, isOnByRole, USUAL_MINUTE } from "./rules.ts";

const at = (text: string) => Date.parse(text);
const time = (more: Partial<DigestTime> = {}): DigestTime => ({
  ...{ timeZone: "Europe/Berlin", minute: USUAL_MINUTE, chosenAt: null, createdAt: 0, ...more },
});
const EIGHT = at("2026-11-24T07:00:00Z"); // 08:00 in Berlin

describe("a day's digest is due", () => {
  test("from its minute on, and no longer once the morning is over", () => {
    expect(dueDay(time(), EIGHT - 1)).toBeNull();
    expect(dueDay(time(), EIGHT)).toBe("2026-11-24");
    expect(dueDay(time(), EIGHT + 5 * HOUR)).toBe("2026-11-24");
    expect(dueDay(time(), EIGHT + 6 * HOUR)).toBeNull();
  });

  test("by the person's own calendar", () => {
    const late = time({ timeZone: "Pacific/Auckland", minute: 30 });
    expect(dueDay(late, at("2026-11-24T11:30:00Z"))).toBe("2026-11-25");
  });

  test.each([
    ["the day the clocks go forward", "2027-03-28", "2027-03-28T06:00:00Z", 480],
    ["the day the clocks go back", "2027-10-31", "2027-10-31T07:00:00Z", 480],
    ["a minute that the clocks jump over, when they have", "2027-03-28", "2027-03-28T01:00:00Z", 150],
    ["a minute that comes twice, the first time", "2027-10-31", "2027-10-31T00:30:00Z", 150],
  ])("on %s", (_name, day, moment, minute) => {
    expect(dueDay(time({ minute }), at(moment) - 1)).toBeNull();
    expect(dueDay(time({ minute }), at(moment))).toBe(day);
  });

  test("on each local day of a year once, whatever the clocks do", () => {
    for (const timeZone of ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "UTC"]) {
      const days: string[] = [];
      for (let now = at("2027-01-01T12:00:00Z"); now < at("2028-01-01T12:00:00Z"); now += 10 * MINUTE) {
        const day = dueDay(time({ timeZone, minute: 150 }), now);
        if (day !== null && days.at(-1) !== day) days.push(day);
      }
      expect(new Set(days).size).toBe(days.length);
      expect(days.length).toBeGreaterThanOrEqual(364);
    }
  });

  test("late in the evening, over midnight too, where the worker was down", () => {
    const evening = time({ minute: 23 * 60 + 59 });
    const moment = at("2026-11-24T22:59:00Z");
    expect(dueDay(evening, moment - 1)).toBeNull();
    expect(dueDay(evening, moment + 5 * MINUTE)).toBe("2026-11-24");
    expect(dueDay(evening, moment + 6 * HOUR)).toBeNull();
    const longDay = at("2027-10-31T22:59:00Z"); // of 25 hours
    expect(dueDay(evening, longDay - 1)).toBeNull();
    expect(dueDay(evening, longDay + HOUR)).toBe("2027-10-31");
  });

  test("not for a time that had passed when it was chosen, nor before somebody was there a day", () => {
    expect(dueDay(time({ chosenAt: EIGHT + 1 }), EIGHT + HOUR)).toBeNull();
    expect(dueDay(time({ chosenAt: EIGHT + 1 }), EIGHT + DAY)).toBe("2026-11-25");
    expect(dueDay(time({ createdAt: EIGHT - HOUR }), EIGHT)).toBeNull();
    expect(dueDay(time({ createdAt: EIGHT - DAY }), EIGHT)).toBe("2026-11-24");
  });
});

test("it is on for whoever leads, and off for everybody else", () => {
  expect(isOnByRole([{ role: "security_lead", pilotId: "pil_1" }])).toBe(true);
  expect(isOnByRole([{ role: "reviewer", pilotId: null }])).toBe(false);
  expect(isOnByRole([])).toBe(false);
});
