import { Scale } from "lucide-react";
import type { ComparisonView } from "#lib/comparisons/schema.ts";
import { formatMicros, plural } from "../format.ts";
import { PageHead } from "../list/page-head.tsx";
import { Badge } from "../ui/badge.tsx";
import { ButtonLink } from "../ui/button.tsx";
import { Empty } from "../ui/empty.tsx";
import { Panel } from "../ui/panel.tsx";
import { RelativeTime } from "../ui/relative-time.tsx";
import { Table } from "../ui/table.tsx";
import { Visible } from "../ui/visible.tsx";

export interface ComparisonsPageProps {
  readonly comparisons: readonly ComparisonView[];
  readonly mayPlan: boolean;
}

export function ComparisonsPage({ comparisons, mayPlan }: ComparisonsPageProps) {
  const plan = mayPlan ? <ButtonLink href="/agents/compare/new">Plan a comparison</ButtonLink> : null;
  return (
    <div className="page">
      <PageHead
        title="Agents compared"
        text="The same tasks, base, charter and budget for each agent, judged by people who are not told whose patch it is."
        actions={
          <>
            <ButtonLink href="/agents/procurement">Procurement sheet</ButtonLink>
            {plan}
          </>
        }
      />
      <Panel title="Comparisons" fact={plural(comparisons.length, "comparison")}>
        {comparisons.length === 0 ? (
          <Empty
            icon={Scale}
            title="No comparison yet"
            text="A comparison gives two agents or more the same tasks several times over, in an order drawn by lot, and says with intervals which does better, or that nobody can tell."
          />
        ) : (
          <Table
            label="Comparisons"
            tall
            columns={[
              { key: "state", title: "State" },
              { key: "title", title: "Comparison" },
              { key: "progress", title: "Attempts" },
              { key: "waiting", title: "To judge", number: true },
              { key: "ceiling", title: "At most", number: true, wide: true },
            ]}
          >
            {comparisons.map((comparison) => (
              <ComparisonRow key={comparison.id} comparison={comparison} />
            ))}
          </Table>
        )}
      </Panel>
    </div>
  );
}

function ComparisonRow({ comparison }: { readonly comparison: ComparisonView }) {
  const { id, title, state, pilotName, progress, ceilingMicros, createdByName, createdAt } = comparison;
  return (
    <tr>
      <td className="nowrap">
        <Badge noun="comparison" status={state} />
      </td>
      <td>
        <a className="med" href={`/agents/compare/${id}`}>
          <Visible text={title} />
        </a>
        <div className="t3 sm">
          <Visible text={pilotName} /> · <Visible text={createdByName} />,{" "}
          <RelativeTime at={createdAt.toISOString()} />
        </div>
      </td>
      <td className="num">
        {progress.launched} of {progress.attempts} launched, {progress.running} under way
      </td>
      <td className="n num">{progress.waiting}</td>
      <td className="n num only-wide">{formatMicros(ceilingMicros)}</td>
    </tr>
  );
}
