// Success metrics as the form has them: four texts for each number there is, those of no metric empty.
import { MetricKpi } from "../../kpis/schema/kpi-id.ts";
import type { Metric } from "../schema/goal.ts";

const TEXTS = 4;

/** KPI, target, baseline, where that comes from; the numbers in their own order. */
export function writtenMetrics(metrics: readonly Metric[]): string[] {
  return MetricKpi.options.flatMap((kpi) => {
    const metric = metrics.find((one) => one.kpi === kpi);
    if (!metric) return [kpi, "", "", ""];
    const { target, baseline, source } = metric;
    return [kpi, String(target), baseline === null ? "" : String(baseline), source];
  });
}

const numberOf = (text: string): number => (/^[0-9]{1,9}$/.test(text) ? Number(text) : Number.NaN);

/** What the schema is asked about; a row with nothing in it is no metric. */
export function readMetrics(texts: readonly string[]): object[] {
  const rows = Array.from({ length: Math.ceil(texts.length / TEXTS) }, (_, at) =>
    texts.slice(at * TEXTS, (at + 1) * TEXTS).map((text) => text.trim()),
  );
  return rows.flatMap(([kpi = "", target = "", baseline = "", source = ""]) =>
    target === "" && baseline === "" && source === ""
      ? []
      : [{ kpi, target: numberOf(target), baseline: baseline === "" ? null : numberOf(baseline), source }],
  );
}
