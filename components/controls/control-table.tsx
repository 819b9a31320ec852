import Link from "next/link";
import { FRAMEWORK_NAMES } from "#lib/controls/frameworks.ts";
import type { ControlView, Framework, FrameworkRow } from "#lib/controls/schema.ts";
import { Badge } from "../ui/badge.tsx";
import { RelativeTime } from "../ui/relative-time.tsx";
import { Table } from "../ui/table.tsx";
import { Visible } from "../ui/visible.tsx";

/** What is so, how it was tried, what came of it, and which rows it is evidence towards. */
export function ControlTable({
  controls,
  framework,
}: {
  readonly controls: readonly ControlView[];
  readonly framework: Framework | null;
}) {
  return (
    <div className="control-list">
      <Table
        label="Controls"
        tall
        columns={[
          { key: "state", title: "State" },
          { key: "control", title: "Control" },
          { key: "proof", title: "Last proof" },
          { key: "rows", title: "Evidence towards" },
        ]}
      >
        {controls.map((control) => (
          <ControlRow key={control.id} control={control} framework={framework} />
        ))}
      </Table>
    </div>
  );
}

function ControlRow({
  control,
  framework,
}: {
  readonly control: ControlView;
  readonly framework: Framework | null;
}) {
  const { id, title, sentence, setting, proof, state, findings } = control;
  return (
    <tr id={id} data-control={id}>
      <td className="control-cell nowrap">
        <Badge noun="control" status={state} />
      </td>
      <td className="control-cell control-words">
        <div className="med">{title}</div>
        <div className="t2 sm tw">{sentence}</div>
        <details className="sm control-how">
          <summary>How it is tried</summary>
          <p className="t2 tw">{proof}</p>
          <p className="t3 tw">
            Ruled by: {setting} <span className="mono">{id}</span>
          </p>
        </details>
        {findings.map((finding) => (
          <div key={finding.id} className="sm">
            <Link href={`/findings/${finding.id}`}>
              Finding, open since <RelativeTime at={finding.at.toISOString()} />
            </Link>
          </div>
        ))}
      </td>
      <td className="control-cell control-proof">
        <LastProof control={control} />
      </td>
      <td className="control-cell">
        <Rows rows={framework ? control.rows.filter((row) => row.framework === framework) : control.rows} />
      </td>
    </tr>
  );
}

function LastProof({ control: { last, shown, heldAt, state } }: { readonly control: ControlView }) {
  if (last === null) return <span className="t3 sm">Not tried yet.</span>;
  return (
    <>
      <div className="sm tw">
        <Visible text={last.sentence} />
      </div>
      {state === "failed" && last.result === "not_run" && shown ? (
        <div className="t2 sm tw">
          It failed when it could last be tried: <Visible text={shown.sentence} />
        </div>
      ) : null}
      <div className="t3 sm">
        <Link href={`/log?subject=control_test:${last.testId}`}>
          <RelativeTime at={last.at.toISOString()} />
        </Link>
        {state !== "holds" && heldAt ? (
          <>
            , held <RelativeTime at={heldAt.toISOString()} />
          </>
        ) : null}
      </div>
    </>
  );
}

function Rows({ rows }: { readonly rows: readonly FrameworkRow[] }) {
  const groups = Map.groupBy(rows, ({ framework }) => framework);
  return (
    <dl className="control-rows sm">
      {[...groups].map(([framework, own]) => (
        <div key={framework}>
          <dt className="t3 xs">{FRAMEWORK_NAMES[framework]}</dt>
          <dd>
            {own.map(({ row, title }) => (
              <abbr key={row} className="mono" title={title}>
                {row}
              </abbr>
            ))}
          </dd>
        </div>
      ))}
    </dl>
  );
}
