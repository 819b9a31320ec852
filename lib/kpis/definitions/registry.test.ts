import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { isPercent, KpiId, MetricKpi } from "../schema/kpi-id.ts";
import { kpiDocument } from "./document.ts";
import { KPIS } from "./registry.ts";

describe("the numbers there are", () => {
  test("are defined once each, and nothing else is", () => {
    expect(Object.keys(KPIS).sort()).toEqual([...KpiId.options].sort());
  });

  test("stand in docs/kpis.md as they are defined: node scripts/kpi-document.ts writes it", () => {
    const written = readFileSync(new URL("../../../docs/kpis.md", import.meta.url), "utf8");
    expect(written).toBe(kpiDocument());
    for (const kpi of KpiId.options) expect(written).toContain(`### \`${kpi}\``);
  });

  test("that a charter may name have rows to be told from; the others say what is missing", () => {
    for (const kpi of KpiId.options) {
      const { hasSource, connect } = KPIS[kpi];
      if (MetricKpi.safeParse(kpi).success) expect([kpi, hasSource]).toEqual([kpi, true]);
      if (!hasSource) expect([kpi, connect]).not.toEqual([kpi, null]);
    }
    expect(MetricKpi.options.filter(isPercent)).toEqual(
      MetricKpi.options.filter((kpi) => KPIS[kpi].unit === "%"),
    );
  });

  test("of speed stand beside the number that would suffer, which is another one", () => {
    for (const kpi of KpiId.options) {
      const { pair, statistic, unit } = KPIS[kpi];
      expect(pair).not.toBe(kpi);
      if (statistic === "median" && unit === "h") expect([kpi, pair]).not.toEqual([kpi, null]);
    }
  });

  test("are sentences with units that fit what they are", () => {
    for (const kpi of KpiId.options) {
      const { definition, statistic, unit } = KPIS[kpi];
      expect(definition).toMatch(/^[A-Z].*\.$/);
      if (statistic === "rate" || statistic === "share") expect([kpi, unit]).toEqual([kpi, "%"]);
      if (statistic === "count_per_week") expect([kpi, unit]).toEqual([kpi, "a week"]);
    }
  });
});
