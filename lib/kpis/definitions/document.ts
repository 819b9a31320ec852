// docs/kpis.md as the definitions say it; a test holds the file to this text.
import type { KpiId } from "../schema/kpi-id.ts";
import { CONTROL } from "./control.ts";
import type { KpiDefinition, SplitName } from "./definition.ts";
import { DELIVERY } from "./delivery.ts";
import { EFFORT } from "./effort.ts";
import { FLOW } from "./flow.ts";
import { QUALITY } from "./quality.ts";
import { KPIS } from "./registry.ts";

const PARTS = [
  ["Flow of work", FLOW],
  ["Quality of what was merged", QUALITY],
  ["Cost and effort", EFFORT],
  ["Control", CONTROL],
  ["Delivery and operation", DELIVERY],
] as const;

const STATISTICS: Readonly<Record<KpiDefinition["statistic"], string>> = {
  median: "Median, with the 90th percentile",
  rate: "Rate",
  count_per_week: "Count by weeks",
  sum: "Count",
  mean: "Mean",
  ratio: "Quotient",
  share: "Share",
  total: "Sum",
};

const SPLITS: Readonly<Record<SplitName, string>> = {
  agentId: "agent",
  model: "model",
  repositoryId: "repository",
  kind: "kind of run",
  author: "agents or people",
};

const OPENING = `# KPIs

Written from \`lib/kpis/definitions\` by \`node scripts/kpi-document.ts\`; change it there.

Every number is told by one query over rows of facts, between two moments, the second not included. Facts follow from rows and
can be computed again: \`npm run kpis:recompute -- --check\`. Weeks and days are the pilot's, in its time zone.

- Below the charter's minimum sample a rate, a median or a mean shows nothing, and says how many rows are missing. A pace shows
  nothing before a whole week is over.
- The interval is 95 %: Wilson's for rates, Byar's of a Poisson count for paces and counts, a bootstrap for medians and means;
  beyond 250 rows the two ranks between which a median lies (where some are not over, beyond 1,000).
- What is not over counts as lasting at least as long as it has so far (Kaplan and Meier).
- A merge is provisional for 14 days. Rates of what became of merges are told of those whose 14 days are over and whose watch has
  ended; the others are counted as maturing.
- A verdict is \`met\` or \`missed\` where the whole interval lies on one side of the target, else \`cannot tell\` with about how many
  rows more would do.
- What nothing feeds says \`not connected\`, and never 0.
`;

function section(kpi: KpiId, one: KpiDefinition): string {
  const pair = one.pair === null ? "" : ` Shown beside \`${one.pair}\`.`;
  const apart =
    one.splits.length === 0 ? "" : ` Told apart by ${one.splits.map((name) => SPLITS[name]).join(", ")}.`;
  const connect = one.connect === null ? "" : `\nNot connected by itself. ${one.connect}\n`;
  return `### \`${kpi}\`: ${one.title}

${one.definition}

${STATISTICS[one.statistic]}, ${one.unit}; ${one.better} is better; a row is a ${one.noun}.${pair}${apart}
${connect}`;
}

export const kpiDocument = (): string =>
  [
    OPENING,
    ...PARTS.flatMap(([title, part]) => [
      `## ${title}\n`,
      ...Object.keys(part).map((kpi) => section(kpi as KpiId, KPIS[kpi as KpiId])),
    ]),
  ].join("\n");
