import { describe, expect, test } from "vitest";
import { KpiQuery, KpiRowsQuery } from "./schema.ts";

describe("what the KPI page asks", () => {
  test("is a pilot, perhaps an agent, and for rows a number, perhaps a week and an outcome", () => {
    expect(KpiQuery.parse({ pilotId: "pil_1" })).toEqual({ pilotId: "pil_1" });
    expect(
      KpiRowsQuery.parse({ pilotId: "pil_1", kpi: "outcomes", outcome: "no_change", week: "2030-12-30" }),
    ).toMatchObject({ kpi: "outcomes" });
  });

  test.each([
    {},
    { pilotId: "" },
    { pilotId: "pil_1", kpi: "velocity" },
    { pilotId: "pil_1", kpi: "outcomes", outcome: "won" },
    { pilotId: "pil_1", kpi: "throughput", week: "last week" },
    { pilotId: "pil_1", kpi: "throughput", week: "2030-02-31" },
    { pilotId: "pil_1", kpi: "throughput", order: "desc" },
  ])("probe: rows of %j are refused", (input) => {
    expect(KpiRowsQuery.safeParse(input).success).toBe(false);
  });
});
