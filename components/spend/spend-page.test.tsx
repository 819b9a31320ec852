import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, test } from "vitest";
import type { Spend } from "#lib/spend/schema.ts";
import { OwnMinutesPage } from "../minutes/own-minutes-page.tsx";
import { burnPoints } from "./burn-points.ts";
import { CostPanel } from "./cost-panel.tsx";
import { SpendPage } from "./spend-page.tsx";

const HOUR = 3_600_000;
const spend: Spend = {
  ...{
    pilotId: "pil_1",
    pilotName: "Repairs",
    timeZone: "Europe/Berlin",
    asOf: new Date("2030-03-05T09:00:00Z"),
  },
  ...{ budgetMicros: 100_000_000, endsOn: "2030-03-08", spentMicros: 30_000_000, fixes: 4 },
  shares: {
    agent: [{ key: "agt_1", title: "Agent <one>", micros: 30_000_000, calls: 7 }],
    model: [{ key: "m-1", title: "m-1", micros: 30_000_000, calls: 7 }],
    kind: [],
  },
  days: [
    { day: "2030-03-03", micros: 10_000_000, leftMicros: 90_000_000 },
    { day: "2030-03-04", micros: 20_000_000, leftMicros: 70_000_000 },
    { day: "2030-03-05", micros: 0, leftMicros: 70_000_000 },
  ],
  projection: {
    ...{ perDayMicros: 15_000_000, days: 2, usedUpOn: null },
    left: { micros: 25_000_000, interval: { low: 10_000_000, high: 40_000_000 } },
  },
  costs: [
    { part: "model", micros: 30_000_000, hours: null, unpricedHours: 0, hiddenWeeks: 0 },
    { part: "runner", micros: null, hours: 3, unpricedHours: 3, hiddenWeeks: 0 },
    { part: "people", micros: 200_000_000, hours: 4, unpricedHours: 0, hiddenWeeks: 2 },
  ],
  notes: [{ at: new Date("2030-03-04T12:00:00Z"), text: "The pilot was paused" }],
  rates: [
    {
      ...{ id: "rte_1", what: "fix", kind: "repair", low: 30, high: 90, fromDay: "2030-03-01" },
      ...{ source: "Time sheets <b>", setBy: "per_1", setAt: new Date("2030-03-01T00:00:00Z") },
    },
  ],
};

describe("the page of what a pilot spent", () => {
  test("says how long the budget lasts and how that was told, with a table under the chart", () => {
    const html = renderToStaticMarkup(
      <SpendPage spend={spend} today="2030-03-05" setFix={null} setHour={null} />,
    );
    expect(html).toContain("$30.00 of $100.00 spent");
    expect(html).toContain("as the last 2 that are over did on average, $25.00 will be left on 8 Mar");
    expect(html).toContain("between $10.00 and $40.00 with 95 %");
    expect(html).toContain('aria-label="Spend by day"');
    expect(html).toContain("The pilot was paused");
    expect(html).toContain("Agent &lt;one&gt;");
    expect(html).toContain("30 to 90 min");
    expect(html).not.toContain("per_1");
  });

  test("puts three kinds of money beside each other and adds none of them", () => {
    const html = renderToStaticMarkup(<CostPanel spend={spend} />);
    expect(html).toContain("nobody has said what an hour of a runner costs");
    expect(html).toContain("2 weeks with fewer than 3 people left out");
    expect(html).toContain("$7.50");
    expect(html).toContain("$50.00");
    expect(html).not.toContain("$230.00");
    const without = renderToStaticMarkup(<CostPanel spend={{ ...spend, fixes: 0 }} />);
    expect(without).toContain("no fix is validated yet");
    expect(without).not.toContain("$7.50");
  });

  test("draws what is left, an even use of it, and where it goes on like this to the charter's end", () => {
    const points = burnPoints(spend);
    expect(points.map(({ at }) => at)).toEqual(["3 Mar", "4 Mar", "5 Mar", "6 Mar", "7 Mar", "8 Mar"]);
    expect(points.map(({ value }) => value)).toEqual([90, 70, 70, null, null, null]);
    expect(points.at(0)).toMatchObject({ aim: 100, ahead: null, band: null });
    expect(points.at(-1)).toEqual({ at: "8 Mar", value: null, band: [10, 40], ahead: 25, aim: 0 });
  });
});

test("one's own minutes say who else sees them, and how to end it", () => {
  const row = { day: "2030-03-04", runId: "run_000000000abc", purpose: "review", pilotId: "pil_1" } as const;
  const view = {
    rows: [{ ...row, afterMerge: true, milliseconds: HOUR }],
    isOff: false,
    isOffHere: false,
    keptDays: 90,
  };
  const choose = async () => ({});
  const html = renderToStaticMarkup(<OwnMinutesPage view={view} choose={choose} />);
  expect(html).toContain("Only you see this page.");
  expect(html).toContain("60.0");
  expect(html).toContain("after the merge");
  expect(html).toContain("Do not count my minutes");
  expect(
    renderToStaticMarkup(<OwnMinutesPage view={{ ...view, isOffHere: true }} choose={choose} />),
  ).toContain("counts nobody");
});
