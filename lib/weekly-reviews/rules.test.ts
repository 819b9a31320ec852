import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { weekView } from "../testing/week-view.ts";
import {
  addDays,
  drawSample,
  dueWeek,
  headlineOf,
  mayPropose,
  packDays,
  reasonsFor,
  sampleSeed,
  stateOf,
  type WeighedApproval,
} from "./rules.ts";

const plain = (approval: string, change: Partial<WeighedApproval> = {}): WeighedApproval => ({
  ...{
    approval,
    gate: "gat_1",
    kind: "merge",
    run: "run_1",
    person: "per_1",
    at: "2030-01-01T00:00:00.000Z",
  },
  ...{ milliseconds: 600_000, files: 3, opened: 3, flags: 0, lines: 20, isProtected: false },
  ...change,
});

describe("the days of a pack", () => {
  test("follow each other without a gap, over the end of a year and of summer time", () => {
    expect(addDays("2029-12-29", 7)).toBe("2030-01-05");
    expect(addDays("2030-10-24", 7)).toBe("2030-10-31");
    const asked = { activatedOn: "2030-01-01", days: 7 };
    expect(dueWeek(null, { ...asked, today: "2030-01-07" })).toBeNull();
    const first = dueWeek(null, { ...asked, today: "2030-01-08" });
    expect(first).toEqual({ number: 1, firstDay: "2030-01-01", lastDay: "2030-01-07" });
    expect(dueWeek(first, { ...asked, today: "2030-01-14" })).toBeNull();
    expect(dueWeek(first, { ...asked, today: "2030-03-01" })).toEqual({
      ...{ number: 2, firstDay: "2030-01-08", lastDay: "2030-01-14" },
    });
  });

  test("are as many as the charter's cadence says", () => {
    const days = (["daily", "weekly", "fortnightly", "never"] as const).map(packDays);
    expect(days).toEqual([7, 7, 14, null]);
  });
});

describe("the sample", () => {
  test("says what speaks for a second look", () => {
    expect(reasonsFor(plain("apr_1"))).toEqual([]);
    const all = { isProtected: true, flags: 3, milliseconds: 9_999, opened: 2, lines: 400 };
    expect(reasonsFor(plain("apr_1", all))).toEqual(["protected", "flags", "hasty", "unopened", "large"]);
    expect(reasonsFor(plain("apr_1", { milliseconds: 10_000, files: 0, opened: 0 }))).toEqual([]);
  });

  test("is the same for the same approvals in any order, and holds each once", () => {
    const ids = fc.uniqueArray(fc.stringMatching(/^[a-z0-9]{1,12}$/), { maxLength: 40 });
    fc.assert(
      fc.property(ids, fc.nat(1000), (approvals, number) => {
        const seed = sampleSeed("pil_1", number, approvals);
        expect(sampleSeed("pil_1", number, [...approvals].reverse())).toBe(seed);
        const drawn = drawSample(
          approvals.map((id) => plain(id)),
          seed,
        );
        expect(
          drawSample(
            [...approvals].reverse().map((id) => plain(id)),
            seed,
          ),
        ).toEqual(drawn);
        expect(new Set(drawn.map(({ approval }) => approval)).size).toBe(Math.min(5, approvals.length));
      }),
    );
  });

  test("draws by weight: a risky approval among twenty far more often than by lot alone", () => {
    const rest = Array.from({ length: 19 }, (_, nth) => plain(`apr_${nth}`));
    const risky = plain("apr_risky", { isProtected: true, milliseconds: 2000, opened: 0 });
    const rounds = Array.from({ length: 400 }, (_, nth) => sampleSeed("pil_1", nth, ["apr_risky"]));
    const drawn = rounds.filter((seed) =>
      drawSample([...rest, risky], seed).some(({ approval }) => approval === "apr_risky"),
    );
    // By lot alone a quarter of the rounds; with a weight of twelve against ones, about nine tenths.
    expect(drawn.length).toBeGreaterThan(320);
  });
});

test("a week that nobody decided is overdue once another is packed", () => {
  expect(stateOf({ number: 2, decision: null }, 2)).toBe("waits");
  expect(stateOf({ number: 1, decision: null }, 2)).toBe("overdue");
  expect(stateOf({ number: 1, decision: "tighten" }, 2)).toBe("tighten");
});

test("owners propose while the pilot goes on or is held, and anybody where the charter names none", () => {
  const named = { status: "active", owners: ["per_1", "per_2"] };
  expect([mayPropose(named, "per_2"), mayPropose(named, "per_3")]).toEqual([true, false]);
  expect(mayPropose({ status: "paused", owners: [] }, "per_3")).toBe(true);
  expect(mayPropose({ ...named, status: "completed" }, "per_2")).toBe(false);
});

test("the headline counts targets, and what went wrong", () => {
  expect(headlineOf(weekView().document)).toBe(
    "1 of 2 targets met, 0 missed, 1 cannot be told yet; 1 incident, 1 trip, 1 open finding.",
  );
});
