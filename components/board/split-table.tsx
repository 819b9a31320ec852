import Link from "next/link";
import type { BoardSplit } from "#lib/boards/schema.ts";
import { KPIS } from "#lib/kpis/definitions/registry.ts";
import { amountOf } from "#lib/kpis/metric-rules.ts";
import { Panel } from "../ui/panel.tsx";
import { Table } from "../ui/table.tsx";
import { Visible } from "../ui/visible.tsx";
import { intervalWords, sampleWords } from "./board-tile.tsx";

export const SPLIT_TITLES = {
  agentId: "agent",
  model: "model",
  repositoryId: "repository",
  kind: "kind of run",
} as const;

/** The main numbers told apart. Nobody is ranked: what is used most stands first. */
export function SplitTable({ split, base }: { split: BoardSplit; base: string }) {
  const { by, columns } = split;
  const kpis = columns[0]?.readings.map(({ kpi }) => kpi) ?? [];
  return (
    <Panel title={`By ${SPLIT_TITLES[by]}`} fact={`${columns.length}`} className="mt-4">
      {columns.length === 0 ? (
        <p className="t3 p-5">No run of the pilot has one.</p>
      ) : (
        <Table
          label={`Numbers by ${SPLIT_TITLES[by]}`}
          tall
          columns={[
            { key: "kpi", title: "Number" },
            ...columns.map(({ value, title }) => ({ key: value, title, number: true })),
          ]}
        >
          {kpis.map((kpi, row) => (
            <tr key={kpi}>
              <td className="tw med">{KPIS[kpi].title}</td>
              {columns.map(({ value, readings }) => {
                const reading = readings[row];
                return (
                  <td key={value} className="n nowrap">
                    {!reading || reading.value === null ? "–" : amountOf(kpi, reading.value)}
                    {reading && reading.state !== "not_connected" ? (
                      <div className="xs t3">
                        {reading.value === null ? sampleWords(reading) : intervalWords(reading)}
                      </div>
                    ) : null}
                  </td>
                );
              })}
            </tr>
          ))}
          <tr>
            <td className="t3 sm">All numbers of one alone</td>
            {columns.map(({ value, title }) => (
              <td key={value} className="n">
                <Link className="link" href={`${base}&of=${encodeURIComponent(value)}`}>
                  <Visible text={title} />
                </Link>
              </td>
            ))}
          </tr>
        </Table>
      )}
    </Panel>
  );
}
