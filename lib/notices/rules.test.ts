import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { DAY, HOUR, MINUTE } from "../clock.ts";
import {
  clockOf,
  dueAt,
  GATHER,
  hookUrl,
  isHalfOver,
  minuteOf,
  minuteOfDay,
  quietUntil,
  refuseOpenMail,
  waitAfter,
} from "./rules.ts";
import type { Hours } from "./schema.ts";

const ZONES = [
  ...["UTC", "Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe"],
  ...["Pacific/Apia", "America/St_Johns", "Africa/Casablanca"],
];
const minute = fc.integer({ min: 0, max: 1439 });
const hours = fc
  .record<Hours>({ timeZone: fc.constantFrom(...ZONES), fromMinute: minute, toMinute: minute })
  .filter(({ fromMinute, toMinute }) => fromMinute !== toMinute);
/** From 2024 on for ten years: every change of clocks of these zones is hit now and then. */
const moment = fc.integer({ min: Date.UTC(2024, 0), max: Date.UTC(2034, 0) });

describe("quiet hours", () => {
  test("end at the first minute that is not quiet, in any zone and over any change of clocks", () => {
    fc.assert(
      fc.property(hours, moment, (quiet, now) => {
        const until = quietUntil(quiet, now);
        if (until === null) return;
        expect(quietUntil(quiet, until)).toBeNull();
        expect(until).toBeGreaterThan(now - MINUTE);
        expect(until - now).toBeLessThanOrEqual(DAY + 3 * HOUR);
        // Nothing before it, looked at in steps, was out of the quiet hours.
        for (let at = Math.floor(now / MINUTE) * MINUTE; at < until; at += 47 * MINUTE)
          expect(quietUntil(quiet, at)).toBe(until);
      }),
      { numRuns: 300 },
    );
  });

  test("are over for good where the time of day is outside of them", () => {
    fc.assert(
      fc.property(hours, moment, ({ timeZone, fromMinute, toMinute }, now) => {
        const at = minuteOfDay(timeZone, now);
        const isInside =
          fromMinute < toMinute ? at >= fromMinute && at < toMinute : at >= fromMinute || at < toMinute;
        expect(quietUntil({ timeZone, fromMinute, toMinute }, now) !== null).toBe(isInside);
      }),
    );
  });

  const berlin = { timeZone: "Europe/Berlin", fromMinute: 22 * 60, toMinute: 7 * 60 };
  test.each([
    ["a plain night", "2026-01-10T23:00:00Z", "2026-01-11T06:00:00Z"],
    ["the night that loses an hour", "2026-03-28T23:00:00Z", "2026-03-29T05:00:00Z"],
    ["the night that gains an hour", "2026-10-24T22:00:00Z", "2026-10-25T06:00:00Z"],
  ])("of %s end at seven by the clock on the wall", (_name, now, until) => {
    expect(quietUntil(berlin, Date.parse(now))).toBe(Date.parse(until));
  });

  test("whose end does not exist that night end when the clocks have passed it", () => {
    const quiet = { timeZone: "Europe/Berlin", fromMinute: 60, toMinute: 150 };
    expect(quietUntil(quiet, Date.parse("2026-03-29T00:30:00Z"))).toBe(Date.parse("2026-03-29T01:00:00Z"));
  });
});

const pace = { now: 1_800_000_000_000, grave: false, hours: null, toldAt: null, uselessAt: null };
const always = { timeZone: "UTC", fromMinute: 0, toMinute: 1439 };

describe("when something is told", () => {
  test("is at once, where nothing of its kind was told lately", () => {
    expect(dueAt(pace)).toBe(pace.now);
    expect(dueAt({ ...pace, toldAt: pace.now - HOUR })).toBe(pace.now);
  });

  test("is together with others of its kind, where one was told minutes ago", () => {
    const first = pace.now - MINUTE;
    expect(dueAt({ ...pace, toldAt: first })).toBe(first + GATHER);
    // What comes next joins what is waiting already.
    expect(dueAt({ ...pace, toldAt: first + GATHER })).toBe(first + GATHER);
  });

  test("of ten thousand of a kind within an hour makes a message every few minutes at most", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: HOUR }), { minLength: 1, maxLength: 300 }),
        (offsets) => {
          const due = new Set<number>();
          let toldAt: number | null = null;
          for (const offset of offsets.sort((a, b) => a - b)) {
            toldAt = dueAt({ ...pace, now: pace.now + offset, toldAt });
            expect(toldAt).toBeGreaterThanOrEqual(pace.now + offset);
            expect(toldAt).toBeLessThanOrEqual(pace.now + offset + GATHER);
            due.add(toldAt);
          }
          expect(due.size).toBeLessThanOrEqual(HOUR / GATHER + 2);
        },
      ),
    );
  });

  test("is after the quiet hours, but for grave things", () => {
    const quiet = { ...pace, hours: always };
    expect(dueAt(quiet)).toBeGreaterThan(pace.now);
    expect(dueAt({ ...quiet, grave: true })).toBe(pace.now);
    expect(dueAt({ ...quiet, grave: true, toldAt: pace.now - 1 })).toBe(pace.now);
  });

  test("is at once, where it would be of no use by the end of the quiet hours", () => {
    expect(dueAt({ ...pace, hours: always, uselessAt: pace.now + HOUR })).toBe(pace.now);
    expect(dueAt({ ...pace, hours: always, uselessAt: pace.now + 3 * DAY })).toBeGreaterThan(pace.now);
  });
});

describe("tries", () => {
  test("are further and further apart, an hour at most", () => {
    const waits = [1, 2, 3, 4, 5, 6, 7, 8, 100].map(waitAfter);
    expect(waits).toEqual([...waits].sort((a, b) => a - b));
    expect(waits.at(-1)).toBe(HOUR);
  });

  test("a gate is half over at half of its time, not before", () => {
    expect(isHalfOver(0, 100, 49)).toBe(false);
    expect(isHalfOver(0, 100, 50)).toBe(true);
  });
});

describe("an address of a webhook", () => {
  test("is https, or this host where an operator named it", () => {
    expect(hookUrl("https://hooks.example.org/x?y=z", []).host).toBe("hooks.example.org");
    expect(hookUrl("http://127.0.0.1:9/x", ["127.0.0.1"]).port).toBe("9");
  });

  test.each([
    "http://hooks.example.org/x",
    "http://127.0.0.1/x",
    "ftp://hooks.example.org/x",
    "file:///etc/passwd",
    "https://user:pass@hooks.example.org/",
    "https://hooks.example.org/#x",
    "hooks.example.org",
    "javascript:alert(1)",
  ])("probe: %s is refused, and the sentence does not quote it", (written) => {
    expect(() => hookUrl(written, ["hooks.example.org"])).toThrow();
    try {
      hookUrl(written, []);
    } catch (error) {
      expect(String(error)).not.toContain("hooks.example.org");
    }
  });

  test("probe: mail without TLS goes to this host alone, and only where it is named", () => {
    expect(() => refuseOpenMail("mail.example.org", "none", ["mail.example.org"])).toThrow(/TLS only/);
    expect(() => refuseOpenMail("127.0.0.1", "none", [])).toThrow(/TLS only/);
    expect(() => refuseOpenMail("127.0.0.1", "none", ["127.0.0.1"])).not.toThrow();
    expect(() => refuseOpenMail("mail.example.org", "starttls", [])).not.toThrow();
  });
});

test("minutes of a day are written as a clock shows them, and read back", () => {
  fc.assert(
    fc.property(minute, (at) => {
      expect(minuteOf(clockOf(at))).toBe(at);
    }),
  );
});
