import { outcomeOf } from "#lib/exit-reviews/rules.ts";
import type { ExitDocument, Judged } from "#lib/exit-reviews/schema.ts";
import { KPIS } from "#lib/kpis/definitions/registry.ts";
import { amountOf, targetOf } from "#lib/kpis/metric-rules.ts";
import { KpiId } from "#lib/kpis/schema/kpi-id.ts";
import { CRITERION_NAMES } from "#lib/pilots/exit-rules.ts";
import { plural } from "../format.ts";
import { Table } from "../ui/table.tsx";
import { criterionWords, OUTCOME_WORDS, verdictWords } from "./words.ts";

interface Shown {
  /** Of day 28; null before it was written. */
  readonly review: ExitDocument | null;
  /** The newest of both, or as it stands now. */
  readonly shown: ExitDocument;
}

const isConfirmation = ({ shown }: Shown): boolean => shown.stage === "confirmation";

/** What the second look made of the first, in its own column. */
const outcome = (before: Judged | undefined, after: Judged): string =>
  before ? OUTCOME_WORDS[outcomeOf(before, after)] : "–";

export function CriteriaTable(props: Shown) {
  const { review, shown } = props;
  return (
    <Table
      label="Criteria"
      tall
      columns={[
        { key: "criterion", title: "Criterion" },
        ...(isConfirmation(props) ? [{ key: "review", title: "Day 28" }] : []),
        { key: "verdict", title: isConfirmation(props) ? "Confirmation" : "Verdict" },
        ...(isConfirmation(props) ? [{ key: "outcome", title: "So it is" }] : []),
      ]}
    >
      {shown.criteria.map((one) => {
        const before = review?.criteria.find(({ criterion }) => criterion === one.criterion);
        return (
          <tr key={one.criterion} data-criterion={one.criterion} data-verdict={one.verdict}>
            <td>
              {CRITERION_NAMES[one.criterion]}
              <div className="xs t3">{one.isAsked ? "the charter asks for it" : "not asked for"}</div>
            </td>
            {isConfirmation(props) ? (
              <td className="tw sm">{before ? criterionWords(before) : "–"}</td>
            ) : null}
            <td className="tw sm">{criterionWords(one)}</td>
            {isConfirmation(props) ? <td>{outcome(before, one)}</td> : null}
          </tr>
        );
      })}
    </Table>
  );
}

export function TargetTable(props: Shown) {
  const { review, shown } = props;
  return (
    <Table
      label="Targets"
      tall
      columns={[
        { key: "kpi", title: "Target" },
        { key: "value", title: "Value", number: true },
        ...(isConfirmation(props) ? [{ key: "review", title: "Day 28" }] : []),
        { key: "verdict", title: isConfirmation(props) ? "Confirmation" : "Verdict" },
        ...(isConfirmation(props) ? [{ key: "outcome", title: "So it is" }] : []),
      ]}
    >
      {shown.targets.map((one) => {
        const kpi = KpiId.parse(one.kpi);
        const before = review?.targets.find((each) => each.kpi === one.kpi);
        return (
          <tr key={one.kpi} data-target={one.kpi} data-verdict={one.verdict}>
            <td>
              {KPIS[kpi].title}
              <div className="xs t3">{targetOf(kpi, one.target)}</div>
            </td>
            <td className="n nowrap">
              {one.value === null ? "–" : amountOf(kpi, one.value)}
              <div className="xs t3">
                {plural(one.sample, "row")}
                {one.provisional > 0 ? `, ${one.provisional} can still change` : ""}
              </div>
            </td>
            {isConfirmation(props) ? <td className="tw sm">{before ? verdictWords(before) : "–"}</td> : null}
            <td className="tw sm">{verdictWords(one)}</td>
            {isConfirmation(props) ? <td>{outcome(before, one)}</td> : null}
          </tr>
        );
      })}
    </Table>
  );
}
