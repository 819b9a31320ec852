import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Cadence } from "../pilots/schema/kpis.ts";
import { type Reviewed, reviewDays } from "./review-days.ts";

const pilot = { cadence: "weekly", activatedOn: "2026-03-02", endsOn: "2026-03-30" } as const;
const on = (today: string, change: Partial<Reviewed> = {}) => reviewDays({ ...pilot, today, ...change });

describe("when the numbers are looked at", () => {
  test.each([
    ["2026-03-02", { due: null, next: "2026-03-09" }],
    ["2026-03-08", { due: null, next: "2026-03-09" }],
    ["2026-03-09", { due: "2026-03-09", next: "2026-03-16" }],
    ["2026-03-15", { due: "2026-03-09", next: "2026-03-16" }],
    ["2026-03-29", { due: "2026-03-23", next: "2026-03-30" }],
    ["2026-03-30", { due: "2026-03-30", next: null }],
    ["2026-05-01", { due: "2026-03-30", next: null }],
  ])("weekly, on %s: %j", (today, days) => {
    expect(on(today)).toEqual(days);
  });

  test("daily, every fortnight, never, and at the end whatever the cadence", () => {
    expect(on("2026-03-04", { cadence: "daily" })).toEqual({ due: "2026-03-04", next: "2026-03-05" });
    expect(on("2026-03-15", { cadence: "fortnightly" })).toEqual({ due: null, next: "2026-03-16" });
    expect(on("2026-03-30", { cadence: "never" })).toEqual({ due: null, next: null });
    expect(on("2026-03-24", { endsOn: "2026-03-26" }).next).toBe("2026-03-26");
  });

  test("each day that was next is due when it comes, and no day twice", () => {
    const cadence = fc.constantFrom(...Cadence.options.filter((one) => one !== "never"));
    fc.assert(
      fc.property(cadence, fc.integer({ min: 1, max: 120 }), (every, days) => {
        const at = (day: number) => new Date(Date.UTC(2026, 2, 2 + day)).toISOString().slice(0, 10);
        const seen: string[] = [];
        let expected: string | null = null;
        for (let day = 0; day <= days + 3; day++) {
          const { due, next } = on(at(day), { cadence: every, endsOn: at(days) });
          if (due !== null && due !== seen.at(-1)) {
            expect(due).toBe(expected);
            expect(due).toBe(at(day));
            seen.push(due);
          }
          expected = next;
        }
        expect(seen.at(-1)).toBe(at(days));
        expect(new Set(seen).size).toBe(seen.length);
      }),
    );
  });
});
