import { describe, expect, test } from "vitest";
import { nothingOf } from "../kpis/reading-rules.ts";
import type { KpiReading } from "../kpis/schema/reading.ts";
import { dayIn } from "../pilots/rules.ts";
import { beginOf, exitDays, judgedCriteria, judgedTarget, outcomeOf, refusalToDecide } from "./rules.ts";
import type { Judged } from "./schema.ts";

describe("the days", () => {
  test("are the twenty-eighth and the forty-second after activation, whatever the clocks did between", () => {
    expect(exitDays("2026-03-01", "2026-12-31")).toEqual({
      review: "2026-03-29",
      confirmation: "2026-04-12",
    });
  });

  test("come as the charter ends, where that is earlier", () => {
    expect(exitDays("2026-03-01", "2026-03-14")).toEqual({
      review: "2026-03-15",
      confirmation: "2026-03-29",
    });
    expect(exitDays("2026-03-01", "2026-03-28").review).toBe("2026-03-29");
  });

  test.each([
    ["Europe/Berlin", "2026-03-29", "2026-03-28T23:00:00.000Z"],
    ["Europe/Berlin", "2026-03-30", "2026-03-29T22:00:00.000Z"],
    ["America/New_York", "2026-11-02", "2026-11-02T05:00:00.000Z"],
    ["Pacific/Kiritimati", "2026-03-29", "2026-03-28T10:00:00.000Z"],
    ["Pacific/Pago_Pago", "2026-03-29", "2026-03-29T11:00:00.000Z"],
    // Midnight of this day was never: clocks went from 0:00 to 1:00.
    ["America/Sao_Paulo", "2018-11-04", "2018-11-04T03:00:00.000Z"],
  ])("in %s %s begins at %s", (timeZone, day, begins) => {
    const at = beginOf(timeZone, day);
    expect(at.toISOString()).toBe(begins);
    expect(dayIn(timeZone, at.getTime())).toBe(day);
    expect(dayIn(timeZone, at.getTime() - 1) < day).toBe(true);
  });
});

const reading = (over: Partial<KpiReading>): KpiReading => ({
  ...nothingOf("revert_rate", 5),
  ...{ state: "value", value: 10, interval: { low: 2, high: 15 }, sample: 40 },
  ...over,
});

describe("a target", () => {
  test.each([
    ["met", { interval: { low: 2, high: 15 } }, { verdict: "met", towards: "met", needed: null }],
    ["missed", { value: 40, interval: { low: 25, high: 60 } }, { verdict: "missed", towards: "missed" }],
    ["leaning, while merges mature", { maturing: 3 }, { verdict: "leaning", towards: "met", provisional: 3 }],
    ["leaning, while merges can be undone", { provisional: 2 }, { verdict: "leaning", towards: "met" }],
    [
      "leaning, where the interval does not decide",
      { interval: { low: 2, high: 31 } },
      { verdict: "leaning", towards: "met", needed: expect.any(Number) },
    ],
    [
      "leaning to missed",
      { value: 22, interval: { low: 12, high: 33 } },
      { verdict: "leaning", towards: "missed" },
    ],
    [
      "told of nothing, with what is missing",
      { state: "too_few", value: null, interval: null, sample: 2 },
      { verdict: "cannot_tell", towards: null, needed: 3 },
    ],
  ] as const)("is %s", (_word, over, judged) => {
    expect(judgedTarget(reading(over as Partial<KpiReading>), 20, false)).toMatchObject(judged);
  });
});

const [met, missed]: Judged[] = [
  { verdict: "met", towards: "met", needed: null },
  { verdict: "missed", towards: "missed", needed: null },
];
const leaning: Judged = { verdict: "leaning", towards: "met", needed: 4 };
const nothing: Judged = { verdict: "cannot_tell", towards: null, needed: 9 };
const facts = { asked: [], open: 0, reports: [], targets: [] };

describe("the criteria", () => {
  test.each([
    ["met where each target is", [met, met], { verdict: "met" }],
    ["missed where one is, whatever the others lean to", [missed, leaning, nothing], { verdict: "missed" }],
    ["leaning where all that is open leans", [met, leaning], { verdict: "leaning", needed: 4 }],
    ["not to be told where one is not", [leaning, nothing], { verdict: "cannot_tell", needed: 9 }],
    ["not to be told where the charter aims at none", [], { verdict: "cannot_tell", needed: null }],
  ] as const)("of targets are %s", (_word, targets, judged) => {
    const [, one] = judgedCriteria({ ...facts, targets: targets as readonly Judged[] });
    expect(one).toMatchObject({ criterion: "targets_met", ...judged });
  });

  test("of an independent review are what its newest report says", () => {
    const of = (...reports: ("fit" | "not_fit")[]) =>
      judgedCriteria({ ...facts, reports: reports.map((verdict) => ({ verdict })) })[0];
    expect(of()).toMatchObject({ verdict: "cannot_tell", needed: 1 });
    expect(of("not_fit", "fit")).toMatchObject({ verdict: "missed" });
  });

  test("hold up an end that lacks what the charter asks for, and never going on", () => {
    const asked = ["independent_review", "runs_ended", "targets_met"] as const;
    const criteria = (over: object) => judgedCriteria({ ...facts, asked, ...over });
    expect(refusalToDecide("end", criteria({}))).toContain("independent review");
    const reports = [{ verdict: "fit" }];
    expect(refusalToDecide("end", criteria({ reports, open: 2 }))).toContain("2 runs of the pilot have not");
    const short = criteria({ reports, targets: [missed] });
    expect(refusalToDecide("scale_up", short)).toContain("one is missed");
    expect(refusalToDecide("end", short)).toBeNull();
    expect(refusalToDecide("extend", criteria({ open: 2 }))).toBeNull();
    const unfit = criteria({ reports: [{ verdict: "not_fit" }] });
    expect(refusalToDecide("scale_up", unfit)).toContain("not fit");
    expect(refusalToDecide("end", unfit)).toBeNull();
  });
});

test("the confirmation confirms, reverses or settles what the review said, or leaves it open", () => {
  const said = (before: Judged | undefined, after: Judged | undefined) =>
    before && after ? outcomeOf(before, after) : null;
  expect(said(leaning, met)).toBe("confirmed");
  expect(said(leaning, missed)).toBe("reversed");
  expect(said(met, missed)).toBe("reversed");
  expect(said(nothing, met)).toBe("settled");
  expect(said(met, leaning)).toBe("open");
});
