import { namesOf, pairSentence } from "#lib/comparisons/export-rules.ts";
import {
  type Amount,
  MEASURES,
  type Measure,
  type Results,
  type Share,
} from "#lib/comparisons/results-rules.ts";
import { formatDuration, formatMicros } from "../format.ts";
import { Panel } from "../ui/panel.tsx";
import { Table } from "../ui/table.tsx";
import { Visible } from "../ui/visible.tsx";

export const MEASURE_TITLES: Record<Measure, string> = {
  verified: "Verified fixes",
  accepted: "Accepted",
  escaped: "Escaped",
  violating: "With violations",
  cost: "Cost of an attempt",
  time: "Time to review",
};

const percent = (share: number): string => `${Math.round(share * 100)} %`;

export function ShareCell({ told }: { readonly told: Share }) {
  const { share, interval, hits, of } = told;
  return (
    <td className="n num nowrap">
      {share === null || !interval ? (
        <span className="t3">nothing yet</span>
      ) : (
        <>
          <b>{percent(share)}</b>
          <div className="t3 sm">
            {hits} of {of}, {percent(interval.low)} to {percent(interval.high)}
          </div>
        </>
      )}
    </td>
  );
}

export function AmountCell({
  told,
  say,
}: {
  readonly told: Amount;
  readonly say: (value: number) => string;
}) {
  const { n, value, interval } = told;
  return (
    <td className="n num nowrap">
      {value === null ? (
        <span className="t3">nothing yet</span>
      ) : (
        <>
          <b>{say(value)}</b>
          <div className="t3 sm">
            n {n}, {interval ? `${say(interval.low)} to ${say(interval.high)}` : "too few for an interval"}
          </div>
        </>
      )}
    </td>
  );
}

/** Every contestant by every measure, each with its interval of 95 %. */
export function ResultsTable({ results }: { readonly results: Results }) {
  return (
    <Panel title="Results" fact="intervals of 95 %">
      <Table
        label="Results"
        tall
        columns={[
          { key: "agent", title: "Agent" },
          ...MEASURES.map((key) => ({ key, title: MEASURE_TITLES[key], number: true })),
          { key: "per", title: "Cost of an accepted fix", number: true },
          { key: "human", title: "Human minutes", number: true },
        ]}
      >
        {results.contestants.map((result) => (
          <tr key={result.agentId} data-contestant={result.agentId}>
            <td>
              <span className="med">
                <Visible text={result.name} />
              </span>
              <div className="t3 sm mono">
                <Visible text={result.model ?? "no model"} />
              </div>
              <div className="t3 sm">
                {result.finished} of {result.attempts} finished
                {result.cancelled > 0 ? `, ${result.cancelled} stopped` : ""}
                {result.unjudged > 0 ? `, ${result.unjudged} not judged` : ""}
              </div>
            </td>
            <ShareCell told={result.verified} />
            <ShareCell told={result.accepted} />
            <ShareCell told={result.escaped} />
            <ShareCell told={result.violating} />
            <AmountCell told={result.cost} say={formatMicros} />
            <AmountCell told={result.time} say={formatDuration} />
            <td className="n num">
              {result.costPerAccepted === null ? (
                <span className="t3">none accepted</span>
              ) : (
                formatMicros(result.costPerAccepted)
              )}
            </td>
            <td className="n t3">not connected</td>
          </tr>
        ))}
      </Table>
    </Panel>
  );
}

/** Which of every two does better, where that can be told. */
export function PairsTable({ results }: { readonly results: Results }) {
  const names = namesOf(results.contestants);
  return (
    <Panel title="Which is better" fact="all together hold with 95 %" className="mt-4">
      <Table
        label="Which is better"
        columns={[
          { key: "measure", title: "Measure" },
          { key: "answer", title: "Answer" },
          { key: "difference", title: "Difference", number: true },
        ]}
      >
        {results.pairs.map((pair) => (
          <tr key={`${pair.measure} ${pair.one} ${pair.other}`} data-better={pair.better ?? "unknown"}>
            <td className="nowrap">{MEASURE_TITLES[pair.measure]}</td>
            <td className={pair.better === null ? "t2" : "med"}>
              <Visible text={pairSentence(pair, names)} />
            </td>
            <td className="n num nowrap">
              {pair.difference
                ? `${percent(pair.difference.low)} to ${percent(pair.difference.high)}`
                : "by intervals"}
            </td>
          </tr>
        ))}
      </Table>
    </Panel>
  );
}

const tokens = (value: number): string => `${value / 1000} k`;

/** How long calls take, by what they take in. */
export function LatencyTable({ results }: { readonly results: Results }) {
  const rows = results.contestants.flatMap(({ name, agentId, latency }) =>
    latency.map((each) => ({ name, agentId, ...each })),
  );
  return (
    <Panel title="Latency by context size" fact="medians" className="mt-4">
      {rows.length === 0 ? (
        <p className="p-4 t3">No call of a model was answered yet.</p>
      ) : (
        <Table
          label="Latency by context size"
          columns={[
            { key: "agent", title: "Agent" },
            { key: "bucket", title: "Input tokens" },
            { key: "first", title: "First token", number: true },
            { key: "whole", title: "Whole answer", number: true },
          ]}
        >
          {rows.map(({ name, agentId, from, below, firstToken, whole }) => (
            <tr key={`${agentId} ${from}`}>
              <td>
                <Visible text={name} />
              </td>
              <td className="num nowrap">
                {below === null ? `${tokens(from)} and more` : `${tokens(from)} to ${tokens(below)}`}
              </td>
              <AmountCell told={firstToken} say={formatDuration} />
              <AmountCell told={whole} say={formatDuration} />
            </tr>
          ))}
        </Table>
      )}
    </Panel>
  );
}
