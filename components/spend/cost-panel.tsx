import { FEWEST_PEOPLE } from "#lib/human-minutes/schema.ts";
import type { CostPart, Spend } from "#lib/spend/schema.ts";
import { formatMicros, plural } from "../format.ts";
import { Panel } from "../ui/panel.tsx";
import { Table } from "../ui/table.tsx";

const TITLES: Record<CostPart["part"], string> = { model: "Models", runner: "Runners", people: "People" };

const NO_PRICE: Record<CostPart["part"], string> = {
  model: "nothing was charged",
  runner: "nobody has said what an hour of a runner costs",
  people: "nobody has said what an hour costs, or minutes are not counted",
};

/** Three kinds of money beside each other: each is known in another way, and none is added to another. */
export function CostPanel({ spend: { costs, fixes } }: { spend: Spend }) {
  const most = Math.max(1, ...costs.map(({ micros }) => micros ?? 0));
  return (
    <Panel
      title={fixes > 0 ? "Cost of a validated fix" : "What was spent"}
      fact={fixes > 0 ? plural(fixes, "fix", "fixes") : "no fix is validated yet"}
      className="mt-4"
    >
      <Table
        label="Cost by what it is of"
        columns={[
          { key: "part", title: "Of" },
          { key: "bar", title: "Share", quiet: true, wide: true },
          { key: "hours", title: "Hours", number: true },
          { key: "all", title: "Together", number: true },
          { key: "fix", title: "For a fix", number: true },
        ]}
      >
        {costs.map((cost) => (
          <tr key={cost.part}>
            <td className="tw">
              {TITLES[cost.part]}
              <div className="xs t3">{wordsOf(cost)}</div>
            </td>
            <td className="only-wide">
              <svg className="bar merged" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">
                <rect width={(100 * (cost.micros ?? 0)) / most} height="8" />
              </svg>
            </td>
            <td className="n">{cost.hours === null ? "–" : cost.hours.toFixed(1)}</td>
            <td className="n">{cost.micros === null ? "–" : formatMicros(cost.micros)}</td>
            <td className="n">
              {cost.micros === null || fixes === 0 ? "–" : formatMicros(cost.micros / fixes)}
            </td>
          </tr>
        ))}
      </Table>
      <p className="t3 sm px-4 py-2">
        The three are not added up: what models cost is charged, hours of runners and of people are priced by
        what was written below.
      </p>
    </Panel>
  );
}

function wordsOf({ part, micros, unpricedHours, hiddenWeeks }: CostPart): string {
  const parts = [
    ...(micros === null ? [NO_PRICE[part]] : []),
    ...(micros !== null && unpricedHours > 0 ? [`${unpricedHours.toFixed(1)} hours before any price`] : []),
    ...(hiddenWeeks > 0
      ? [`${plural(hiddenWeeks, "week")} with fewer than ${FEWEST_PEOPLE} people left out`]
      : []),
  ];
  if (part === "people") parts.push("weeks that are over");
  return parts.join("; ");
}
