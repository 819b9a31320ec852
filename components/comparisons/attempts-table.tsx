import type { AttemptView, ComparedTask, Contestant } from "#lib/comparisons/schema.ts";
import { RunStatus } from "#lib/runs/schema.ts";
import { formatDuration, formatMicros, plural } from "../format.ts";
import { Badge } from "../ui/badge.tsx";
import { Panel } from "../ui/panel.tsx";
import { Table } from "../ui/table.tsx";
import { Visible } from "../ui/visible.tsx";

export interface AttemptsTableProps {
  readonly attempts: readonly AttemptView[];
  readonly contestants: readonly Contestant[];
  readonly tasks: readonly ComparedTask[];
}

/** Every attempt in the order of the queue. */
export function AttemptsTable({ attempts, contestants, tasks }: AttemptsTableProps) {
  const names = new Map(contestants.map(({ agentId, name }) => [agentId, name]));
  return (
    <Panel title="Attempts" fact={plural(attempts.length, "attempt")} className="mt-4">
      <Table
        label="Attempts"
        columns={[
          { key: "place", title: "Place", number: true },
          { key: "label", title: "Label" },
          { key: "agent", title: "Agent" },
          { key: "task", title: "Task", wide: true },
          { key: "state", title: "Run" },
          { key: "verdict", title: "Verdict" },
          { key: "cost", title: "Cost", number: true },
          { key: "time", title: "Time", number: true, wide: true },
        ]}
      >
        {attempts.map((attempt) => (
          <tr key={attempt.id}>
            <td className="n num">{attempt.place}</td>
            <td className="mono nowrap">
              {attempt.runId ? <a href={`/runs/${attempt.runId}`}>{attempt.label}</a> : attempt.label}
            </td>
            <td>
              <Visible text={names.get(attempt.agentId) ?? attempt.agentId} />
            </td>
            <td className="only-wide">
              <Visible text={tasks[attempt.task]?.title ?? ""} />
            </td>
            <td className="nowrap">
              {attempt.status === null ? (
                <span className="t3">not launched</span>
              ) : (
                <Badge noun="run" status={RunStatus.parse(attempt.status)} bare />
              )}
            </td>
            <td>
              {attempt.verdict ? (
                <>
                  <Badge noun="verdict" status={attempt.verdict} bare />
                  <div className="t3 sm">
                    <Visible text={`${attempt.judgedByName ?? ""}: ${attempt.verdictReason ?? ""}`} />
                  </div>
                </>
              ) : (
                <span className="t3">–</span>
              )}
            </td>
            <td className="n num">{formatMicros(attempt.costMicros)}</td>
            <td className="n num only-wide">
              {attempt.milliseconds === null ? "–" : formatDuration(attempt.milliseconds)}
            </td>
          </tr>
        ))}
      </Table>
    </Panel>
  );
}
