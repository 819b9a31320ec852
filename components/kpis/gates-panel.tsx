import type { DecisionKpis, GateUsefulness } from "#lib/kpis/gate-rules.ts";
import { formatDuration, plural } from "../format.ts";
import { Panel } from "../ui/panel.tsx";
import { type Column, Table } from "../ui/table.tsx";
import { Visible } from "../ui/visible.tsx";

const percent = (share: number): string => `${Math.round(share * 1000) / 10} %`;

const LOAD_COLUMNS: readonly Column[] = [
  { key: "name", title: "Who decides" },
  { key: "waiting", title: "Waits for them", number: true },
  { key: "taken", title: "Decided by them", number: true },
];

const COLUMNS: readonly Column[] = [
  { key: "gate", title: "Gate" },
  { key: "asked", title: "Asked", number: true },
  { key: "unchanged", title: "Approved unchanged" },
  { key: "waited", title: "Waited", number: true },
];

/** How long people are waited for, and what their being asked changes. */
export function GatesPanel({ gates }: { gates: DecisionKpis }) {
  const { sample, minimumSample, median, p90, interval, open, oldest, decisions, hasty, usefulness, load } =
    gates;
  return (
    <Panel
      title="Decisions"
      level={2}
      fact={`${plural(sample, "decided gate")}, ${open} open`}
      className="mt-4"
    >
      <p className="px-4 py-3 sm">
        {median === null || p90 === null || interval === null
          ? `Decision time: ${sample} of the ${minimumSample} decided gates it takes.`
          : `Decision time: median ${formatDuration(median)} (95 %: ${formatDuration(interval.low)} to ${formatDuration(interval.high)}), nine of ten within ${formatDuration(p90)}.`}{" "}
        {oldest === null ? "Nothing waits." : `The oldest open one waits for ${formatDuration(oldest)}.`}{" "}
        {decisions === 0
          ? ""
          : `${hasty} of ${plural(decisions, "decision")} came within ten seconds of the gate's opening.`}
      </p>
      {usefulness.length > 0 ? (
        <Table label="What asking changes" columns={COLUMNS}>
          {usefulness.map((row) => (
            <tr key={row.kind}>
              <td>{row.kind.replaceAll("_", " ")}</td>
              <td className="n num">{row.asks}</td>
              <td>{unchangedWords(row)}</td>
              <td className="n num">{row.decided > 0 ? formatDuration(row.waited) : "none"}</td>
            </tr>
          ))}
        </Table>
      ) : null}
      {load.length > 0 ? (
        <div className="border-t border-line pt-2">
          <Table label="Load per approver" columns={LOAD_COLUMNS}>
            {load.map(({ personId, name, waiting, taken }) => (
              <tr key={personId}>
                <td>
                  <Visible text={name} />
                </td>
                <td className="n num">{waiting}</td>
                <td className="n num">{taken}</td>
              </tr>
            ))}
          </Table>
        </div>
      ) : null}
    </Panel>
  );
}

function unchangedWords({ decided, approvedUnchanged, rate, interval, suggestsAmendment }: GateUsefulness) {
  const count = `${approvedUnchanged} of ${decided}`;
  if (rate === null || interval === null) return `${count}: too few to tell`;
  const share = `${count}, ${percent(rate)} (95 %: ${percent(interval.low)} to ${percent(interval.high)})`;
  return suggestsAmendment ? `${share}. Asking changes next to nothing: consider an amendment.` : share;
}
