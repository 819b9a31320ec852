import { Activity } from "lucide-react";
import { type Figures, MINIMUM_SAMPLE, NEWEST_CALLS, type Times } from "#lib/providers/figures-schema.ts";
import { formatCount, formatDuration, plural } from "../format.ts";
import { Empty } from "../ui/empty.tsx";
import { Panel } from "../ui/panel.tsx";
import { Table } from "../ui/table.tsx";
import { Visible } from "../ui/visible.tsx";

const AGES = ["session under 10 min", "session under 1 h", "session of 1 h and more"];
const CONTEXTS = ["under 8k tokens", "under 32k tokens", "under 128k tokens", "128k tokens and more"];

const COLUMNS = [
  { key: "model", title: "Model" },
  { key: "calls", title: "Calls", number: true },
  { key: "byte", title: "First byte, p50", number: true },
  { key: "late-byte", title: "First byte, p95", number: true, wide: true },
  { key: "token", title: "First token, p50", number: true },
  { key: "late-token", title: "First token, p95", number: true, wide: true },
  { key: "pace", title: "Tokens/s", number: true },
  { key: "errors", title: "Errors", number: true },
  { key: "retried", title: "Retried", number: true, wide: true },
] as const;

const COUNTED = `Calls of the last 30 days that the provider answered or failed, the newest ${formatCount(NEWEST_CALLS)} at most. Calls we cut, whose end nobody saw, or that it refused for the request or the key do not count. The first token is known of streams alone, and not of calls from before it was noted. Where a time is known of fewer calls, it says of how many. Below ${MINIMUM_SAMPLE} calls only their number is shown.`;

/** Null for too few. */
const percent = (rate: number | null): string => (rate === null ? "–" : `${(rate * 100).toFixed(1)} %`);

/** Both cells of it. */
function Taken({ times, n }: { times: Times | null; n: number }) {
  return (
    <>
      <td className="n nowrap">
        {times === null ? "–" : formatDuration(times.p50)}
        {times !== null && times.n < n ? <span className="t3 sm"> of {formatCount(times.n)}</span> : null}
      </td>
      <td className="n nowrap only-wide">{times === null ? "–" : formatDuration(times.p95)}</td>
    </>
  );
}

function groupOf({ age, context }: Figures): string | null {
  if (age !== null) return AGES[age] ?? null;
  return context === null ? null : (CONTEXTS[context] ?? null);
}

function Row({ figures }: { figures: Figures }) {
  const { model, n, firstByte, firstToken, tokensPerSecond, errorRate, retryRate } = figures;
  const group = groupOf(figures);
  return (
    <tr>
      <td className={group === null ? "mono tw" : "t2"}>
        {group === null ? <Visible text={model} /> : <span className="pl-3 block">{group}</span>}
      </td>
      <td className="n nowrap">{formatCount(n)}</td>
      <Taken times={firstByte} n={n} />
      <Taken times={firstToken} n={n} />
      <td className="n nowrap">{tokensPerSecond === null ? "–" : tokensPerSecond.toFixed(0)}</td>
      <td className="n nowrap">{percent(errorRate)}</td>
      <td className="n nowrap only-wide">{percent(retryRate)}</td>
    </tr>
  );
}

/** Each model's calls, then the same by age of the session and by size of the context. */
export function FiguresPanel({ figures }: { figures: readonly Figures[] }) {
  const models = new Set(figures.map(({ model }) => model)).size;
  return (
    <Panel title="How its models answered" fact={plural(models, "model")} className="mt-4">
      {figures.length === 0 ? (
        <Empty icon={Activity} title="No calls in the last 30 days." text={COUNTED} />
      ) : (
        <>
          <Table label="How its models answered" columns={COLUMNS}>
            {figures.map((row) => (
              <Row key={`${row.model} ${row.age} ${row.context}`} figures={row} />
            ))}
          </Table>
          <p className="sm t3 px-4 py-3">{COUNTED}</p>
        </>
      )}
    </Panel>
  );
}
