import { Bot } from "lucide-react";
import { type Figure, figuresOf, TOPIC_TITLES } from "#lib/procurement/rules.ts";
import { type SheetRow, STALE_DAYS, type TopicState } from "#lib/procurement/schema.ts";
import type { FormAction } from "../form/state.ts";
import { formatCount, formatDuration, formatMicros } from "../format.ts";
import { PageHead } from "../list/page-head.tsx";
import { ButtonLink } from "../ui/button.tsx";
import { Empty } from "../ui/empty.tsx";
import { Panel } from "../ui/panel.tsx";
import { Table } from "../ui/table.tsx";
import { Visible } from "../ui/visible.tsx";
import { NoteDialog } from "./note-dialog.tsx";

export interface ProcurementPageProps {
  readonly sheet: readonly SheetRow[];
  /** Null for who may only read it. */
  readonly note: FormAction | null;
  /** YYYY-MM-DD. */
  readonly today: string;
}

export function ProcurementPage({ sheet, note, today }: ProcurementPageProps) {
  return (
    <div className="page">
      <PageHead
        title="Procurement sheet"
        text="What people found out about each agent, from where and when, beside what its runs here showed."
        actions={
          <>
            <ButtonLink href="/agents/compare">Comparisons</ButtonLink>
            <ButtonLink size="sm" href="/api/procurement?format=csv">
              CSV
            </ButtonLink>
            <ButtonLink size="sm" href="/api/procurement?format=md">
              MD
            </ButtonLink>
          </>
        }
      />
      {sheet.length === 0 ? (
        <Empty icon={Bot} title="No agent with a model" text="Add one on the page of the agents." />
      ) : null}
      {sheet.map((row) => (
        <AgentSheet key={row.agentId} row={row} note={note} today={today} />
      ))}
    </div>
  );
}

function AgentSheet({ row, note, today }: { readonly row: SheetRow } & Omit<ProcurementPageProps, "sheet">) {
  const { agentId, name, model, providerName, topics, measured } = row;
  return (
    <Panel
      title={name}
      fact={`${model ?? ""} ${providerName ?? ""}`}
      className="mt-4"
      actions={note ? <NoteDialog agentId={agentId} agentName={name} action={note} today={today} /> : null}
    >
      <Table
        label={`Entered about ${name}`}
        tall
        columns={[
          { key: "topic", title: "Subject" },
          { key: "text", title: "What is known" },
          { key: "source", title: "Source", wide: true },
          { key: "asOf", title: "As of" },
        ]}
      >
        {topics.map((state) => (
          <TopicRow key={state.topic} state={state} />
        ))}
      </Table>
      <Table
        label={`Measured of ${name}`}
        columns={[
          { key: "figure", title: "Measured here" },
          { key: "value", title: "Value", number: true },
          { key: "n", title: "n", number: true },
          { key: "query", title: "Counted from", wide: true },
        ]}
      >
        {figuresOf(measured).map((figure) => (
          <tr key={figure.title}>
            <td>{figure.title}</td>
            <td className="n num nowrap">{said(figure)}</td>
            <td className="n num">{formatCount(figure.n)}</td>
            <td className="only-wide t3 sm">{figure.query}</td>
          </tr>
        ))}
      </Table>
    </Panel>
  );
}

function TopicRow({ state: { topic, current, isStale, earlier } }: { readonly state: TopicState }) {
  return (
    <tr>
      <td className="nowrap med">{TOPIC_TITLES[topic]}</td>
      <td>
        {current ? (
          <>
            <span className="tw">
              <Visible text={current.text} mode="block" />
            </span>
            {earlier.length > 0 ? (
              <details>
                <summary className="t3 sm">{earlier.length} earlier</summary>
                <ul className="t2 sm">
                  {earlier.map(({ id, asOf, text, source }) => (
                    <li key={id}>
                      {asOf}: <Visible text={text} /> (<Visible text={source} />)
                    </li>
                  ))}
                </ul>
              </details>
            ) : null}
          </>
        ) : (
          <span className="t3">not entered</span>
        )}
      </td>
      {/* An address is shown to be copied: nothing of it is loaded, and no click leads there. */}
      <td className="only-wide t2 sm tw">{current ? <Visible text={current.source} /> : "–"}</td>
      <td className="nowrap">
        {current ? (
          <>
            {current.asOf}
            {isStale ? <span className="mark need"> older than {STALE_DAYS} days</span> : null}
            <div className="t3 sm">
              <Visible text={current.enteredByName} />
            </div>
          </>
        ) : (
          "–"
        )}
      </td>
    </tr>
  );
}

function said({ unit, value }: Figure): string {
  if (value === null) return "nothing yet";
  switch (unit) {
    case "count":
    case "tokens":
      return formatCount(value);
    case "share":
      return `${Math.round(value * 100)} %`;
    case "micros":
      return formatMicros(value);
    case "minutes":
      return formatDuration(value * 60_000);
    case "milliseconds":
      return formatDuration(value);
  }
}
