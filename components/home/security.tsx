// What whoever leads security looks at: does what protects hold, who got in or further, and does the record stand.
import { CircleCheck, Eye, ScrollText } from "lucide-react";
import Link from "next/link";
import type { BriefRow, OddReach, OpenFindings } from "#lib/briefs/schema.ts";
import { isRed } from "#lib/controls/rules.ts";
import type { ControlsView } from "#lib/controls/schema.ts";
import { SeverityMark } from "../findings/severity.tsx";
import { formatCount, plural } from "../format.ts";
import { sentenceOf } from "../log/kind-sentences.ts";
import { Badge } from "../ui/badge.tsx";
import { Empty } from "../ui/empty.tsx";
import { Icon } from "../ui/icon.tsx";
import { Panel } from "../ui/panel.tsx";
import { RelativeTime } from "../ui/relative-time.tsx";
import { Table } from "../ui/table.tsx";
import { Visible } from "../ui/visible.tsx";

const MOST = 8;

/** Red ones first; what holds is one line. */
export function ControlsNow({ view: { controls, testedAt, isTesting } }: { view: ControlsView }) {
  const red = controls.filter(({ state }) => isRed(state));
  const quiet = controls.filter(({ state }) => state === "not_run" || state === "never");
  const holding = controls.length - red.length - quiet.length;
  return (
    <Panel
      title="Controls"
      fact={
        isTesting ? (
          "being tested now"
        ) : testedAt ? (
          <>
            tested <RelativeTime at={testedAt.toISOString()} />
          </>
        ) : (
          "not tested yet"
        )
      }
      actions={
        <Link className="link sm" href="/controls">
          All controls
        </Link>
      }
    >
      <ul className="guard">
        {[...red, ...quiet].slice(0, MOST).map(({ id, title, state, last }) => (
          <li key={id}>
            <Link className="med" href={`/controls#${id}`}>
              {title}
            </Link>
            <Badge noun="control" status={state} bare />
            {isRed(state) && last ? (
              <span className="sm t2 tw">
                <Visible text={last.sentence} />
              </span>
            ) : null}
          </li>
        ))}
        <li>
          <Link className={red.length === 0 ? "good" : "t2"} href="/controls">
            {holding} of {controls.length} hold
          </Link>
        </li>
      </ul>
    </Panel>
  );
}

export function Denied({ rows, href }: { rows: readonly BriefRow[]; href: string }) {
  return (
    <Panel
      title="Connections denied"
      fact={plural(rows.length, "run")}
      actions={
        rows.length > MOST ? (
          <Link className="link sm" href={href}>
            All rows
          </Link>
        ) : null
      }
    >
      {rows.length === 0 ? (
        <Empty
          icon={CircleCheck}
          title="None was denied"
          text="No sandbox asked for a host it may not reach."
        />
      ) : (
        <Table
          label="Connections denied"
          tall
          columns={[
            { key: "run", title: "Run and hosts" },
            { key: "times", title: "Times", number: true },
            { key: "at", title: "Last", wide: true },
          ]}
        >
          {rows.slice(0, MOST).map(({ id, runId, title, detail, weight, at }) => (
            <tr key={id}>
              <td className="fill">
                <div className="cell2">
                  <Link className="med" href={`/runs/${runId}`}>
                    <Visible text={title} />
                  </Link>
                  <div className="t3 trunc mono">
                    <Visible text={detail ?? ""} />
                  </div>
                </div>
              </td>
              <td className="n">{formatCount(weight)}</td>
              <td className="only-wide nowrap t2">
                <RelativeTime at={at.toISOString()} />
              </td>
            </tr>
          ))}
        </Table>
      )}
    </Panel>
  );
}

export function OddRuns({ runs }: { runs: readonly OddReach[] }) {
  return (
    <Panel title="Runs that reach further" fact={plural(runs.length, "live run")}>
      {runs.length === 0 ? (
        <Empty
          icon={CircleCheck}
          title="None does"
          text="Every live run is in a strong sandbox and connects to nothing but its model."
        />
      ) : (
        <ul className="guard">
          {runs.slice(0, MOST).map(({ runId, title, isWeak, allowed, denied }) => (
            <li key={runId}>
              <Link className="med trunc" href={`/runs/${runId}`}>
                <Visible text={title} />
              </Link>
              <span className="sm need">
                {[
                  ...(isWeak ? ["weaker sandbox"] : []),
                  ...(allowed > 0 ? [plural(allowed, "host")] : []),
                  ...(denied > 0 ? [`${denied} denied`] : []),
                ].join(", ")}
              </span>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}

export function FindingsNow({ findings }: { findings: readonly OpenFindings[] }) {
  return (
    <Panel
      title="Findings open"
      fact={findings.length === 0 ? "none" : undefined}
      actions={
        <Link className="link sm" href="/findings">
          Findings
        </Link>
      }
    >
      {findings.length === 0 ? (
        <p className="p-4 sm t2">Nobody's decision is missing.</p>
      ) : (
        <dl className="trust">
          {findings.map(({ severity, count, oldestAt }) => (
            <div key={severity}>
              <dt>
                <SeverityMark severity={severity} />
              </dt>
              <dd className="num">
                <Link className="med" href={`/findings?severity=${severity}`}>
                  {formatCount(count)}
                </Link>
                <span className="t3">
                  {" "}
                  oldest <RelativeTime at={oldestAt.toISOString()} />
                </span>
              </dd>
            </div>
          ))}
        </dl>
      )}
    </Panel>
  );
}

export function AccessChanges({ changes }: { changes: readonly { kind: string; count: number }[] | null }) {
  if (changes === null) return null;
  const all = changes.reduce((sum, { count }) => sum + count, 0);
  return (
    <Panel title="Access changes" fact={formatCount(all)} id="access">
      {changes.length === 0 ? (
        <p className="p-4 sm t2">Nobody's roles, groups, keys or tokens changed.</p>
      ) : (
        <dl className="trust">
          {changes.map(({ kind, count }) => (
            <div key={kind}>
              <dt>{sentenceOf(kind)}</dt>
              <dd className="num med">
                <Link href={`/log?kind=${kind}`}>{formatCount(count)}</Link>
              </dd>
            </div>
          ))}
        </dl>
      )}
    </Panel>
  );
}

export interface RecordFacts {
  readonly entries: number;
  readonly signedAt: Date | null;
  readonly witnessedAt: Date | null;
  readonly refusedSignIns: number | null;
}

export function RecordAge({
  facts: { entries, signedAt, witnessedAt, refusedSignIns },
}: {
  facts: RecordFacts;
}) {
  const ageOf = (at: Date | null, never: string) =>
    at ? <RelativeTime at={at.toISOString()} /> : <span className="need">{never}</span>;
  return (
    <Panel
      title="Log"
      actions={
        <Link className="link sm" href="/log">
          Open
        </Link>
      }
    >
      <dl className="trust">
        <div>
          <dt>
            <Icon of={ScrollText} className="t3" />
            {plural(entries, "entry", "entries")}, signed
          </dt>
          <dd className="num">{ageOf(signedAt, "never")}</dd>
        </div>
        <div>
          <dt>
            <Icon of={Eye} className="t3" />
            Newest witness
          </dt>
          <dd className="num">{ageOf(witnessedAt, "none")}</dd>
        </div>
        {refusedSignIns === null ? null : (
          <div>
            <dt>Refused sign-ins</dt>
            <dd className="num med">
              <Link href="/log?kind=person.sign_in_refused">{formatCount(refusedSignIns)}</Link>
            </dd>
          </div>
        )}
      </dl>
    </Panel>
  );
}

export function CharterChanges({ rows }: { rows: readonly BriefRow[] }) {
  return (
    <Panel title="Charters written" fact={formatCount(rows.length)}>
      {rows.length === 0 ? (
        <p className="p-4 sm t2">No version of a charter was written.</p>
      ) : (
        <ul className="guard">
          {rows.slice(0, MOST).map(({ id, pilotId, title, at }) => (
            <li key={id}>
              <Link className="trunc" href={`/pilots/${pilotId}?tab=charter`}>
                <Visible text={title} />
              </Link>
              <span className="sm t3 num nowrap">
                <RelativeTime at={at.toISOString()} />
              </span>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}
