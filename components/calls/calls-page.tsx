import { Radio } from "lucide-react";
import Link from "next/link";
import type { CallView, Spend } from "#lib/traces/schema.ts";
import { formatCount, formatDuration, formatMicros, plural } from "../format.ts";
import { PageHead } from "../list/page-head.tsx";
import { Badge } from "../ui/badge.tsx";
import { ButtonLink } from "../ui/button.tsx";
import { Empty } from "../ui/empty.tsx";
import { Panel } from "../ui/panel.tsx";
import { RelativeTime } from "../ui/relative-time.tsx";
import { Table } from "../ui/table.tsx";
import { Visible } from "../ui/visible.tsx";
import { flagWords, speedOf } from "./rules.ts";

export interface CallsPageProps {
  readonly run: { readonly id: string; readonly title: string };
  readonly calls: readonly CallView[];
  /** By model asked for. */
  readonly spend: readonly Spend[];
  /** Leads to the calls after these; null at the end. */
  readonly next: string | null;
}

/** What a run asked of models, and what that cost. */
export function CallsPage({ run, calls, spend, next }: CallsPageProps) {
  return (
    <div className="page">
      <PageHead
        title="Model calls"
        text={
          <>
            Of <Visible text={run.title} />: recorded by the gateway, which is the only way to a model.
          </>
        }
      />
      {spend.length > 0 ? <SpendTable spend={spend} /> : null}
      <Panel title="Calls" fact={plural(calls.length, "call")} className={spend.length > 0 ? "mt-4" : ""}>
        {calls.length === 0 ? (
          <Empty
            icon={Radio}
            title="No call yet"
            text="A call stands here as soon as it is open, before a byte of it leaves."
          />
        ) : (
          <Table
            label="Calls of models"
            tall
            columns={[
              { key: "opened", title: "Opened" },
              { key: "state", title: "State" },
              { key: "tokens", title: "Tokens in and out", number: true },
              { key: "first", title: "First byte", number: true, wide: true },
              { key: "cost", title: "Cost", number: true },
            ]}
          >
            {calls.map((call) => (
              <CallRow key={call.id} call={call} />
            ))}
          </Table>
        )}
        {next ? (
          <div className="pb row justify-end">
            <ButtonLink href={next}>Later calls</ButtonLink>
          </div>
        ) : null}
      </Panel>
    </div>
  );
}

function CallRow({ call }: { call: CallView }) {
  const { id, runId, state, openedAt, requestedModel, returnedModel, flags, chargedMicros, reservedMicros } =
    call;
  const { firstByte } = speedOf(call);
  return (
    <tr>
      <td>
        <div className="cell2">
          <Link className="med" href={`/runs/${runId}/calls/${id}`}>
            <RelativeTime at={openedAt.toISOString()} />
          </Link>
          <div className="t3 trunc mono">
            <Visible text={returnedModel ?? requestedModel} />
          </div>
        </div>
      </td>
      <td>
        <Badge noun="call" status={state} />
        {flags.length > 0 ? <div className="t3 sm tw">{flags.map(flagWords).join("; ")}</div> : null}
      </td>
      <td className="n">
        {call.input === null ? "–" : formatCount(call.input)} /{" "}
        {call.output === null ? "–" : formatCount(call.output)}
      </td>
      <td className="n only-wide">{firstByte === null ? "–" : formatDuration(firstByte)}</td>
      <td className="n">
        {chargedMicros === null ? (
          <span className="t3" title="held back while the call is open">
            ≤ {formatMicros(reservedMicros)}
          </span>
        ) : (
          formatMicros(chargedMicros)
        )}
      </td>
    </tr>
  );
}

function SpendTable({ spend }: { spend: readonly Spend[] }) {
  const total = spend.reduce((sum, { chargedMicros }) => sum + chargedMicros, 0);
  const estimated = spend.reduce((sum, { estimatedCalls }) => sum + estimatedCalls, 0);
  return (
    <Panel
      title="Spent"
      fact={`${formatMicros(total)}${estimated > 0 ? `, ${plural(estimated, "call")} of it estimated` : ""}`}
    >
      <Table
        label="Spent by model"
        columns={[
          { key: "model", title: "Model" },
          { key: "calls", title: "Calls", number: true },
          { key: "in", title: "Input", number: true, wide: true },
          { key: "cached", title: "of it cached", number: true, wide: true },
          { key: "out", title: "Output", number: true, wide: true },
          { key: "cost", title: "Cost", number: true },
        ]}
      >
        {spend.map(({ key, label, calls, input, cached, output, chargedMicros }) => (
          <tr key={key}>
            <td className="mono">
              <Visible text={label} />
            </td>
            <td className="n">{formatCount(calls)}</td>
            <td className="n only-wide">{formatCount(input)}</td>
            <td className="n only-wide">{formatCount(cached)}</td>
            <td className="n only-wide">{formatCount(output)}</td>
            <td className="n">{formatMicros(chargedMicros)}</td>
          </tr>
        ))}
      </Table>
    </Panel>
  );
}
