import { ArrowRight, Info } from "lucide-react";
import Link from "next/link";
import type { FindingStepView, FindingView } from "#lib/findings/schema.ts";
import { plural } from "../format.ts";
import { PageHead } from "../list/page-head.tsx";
import { Badge } from "../ui/badge.tsx";
import { CopyId } from "../ui/copy-id.tsx";
import { KeyValue, type KeyValueRow } from "../ui/key-value.tsx";
import { Note } from "../ui/note.tsx";
import { OutputBlock } from "../ui/output-block.tsx";
import { Panel } from "../ui/panel.tsx";
import { RelativeTime } from "../ui/relative-time.tsx";
import { Visible } from "../ui/visible.tsx";
import { FindingActions, type FindingDecisions } from "./finding-actions.tsx";
import { placesOf } from "./places.ts";
import { SeverityMark } from "./severity.tsx";

export interface FindingPageProps {
  readonly finding: FindingView;
  readonly steps: readonly FindingStepView[];
  /** Null for a person who may not decide. */
  readonly decide: FindingDecisions | null;
  readonly mayReadLog: boolean;
}

export function FindingPage({ finding, steps, decide, mayReadLog }: FindingPageProps) {
  const { rule, severity, state, evidence } = finding;
  return (
    <div className="page">
      <PageHead
        title={rule.title}
        text={
          <span className="row flex-wrap">
            <Badge noun="finding" status={state} />
            <SeverityMark severity={severity} />
            <CopyId id={finding.id} what="finding id" />
          </span>
        }
        actions={decide ? <FindingActions finding={finding} {...decide} /> : null}
      />
      {finding.suppression ? <Suppressed suppression={finding.suppression} /> : null}
      <Panel title="What was seen" fact={plural(finding.times, "time")}>
        <div className="pb">
          {evidence ? (
            <OutputBlock text={evidence.text} label="Evidence" shows="start" />
          ) : (
            <p className="t3">The text was taken away; the finding and its commitment stay.</p>
          )}
        </div>
      </Panel>
      <div className="grid gap-4 mt-4 md:grid-cols-2">
        <Panel title="Where">
          <div className="pb">
            <KeyValue rows={whereOf(finding)} />
          </div>
        </Panel>
        <Panel title="Why it matters">
          <div className="pb grid gap-3.5">
            <p>{rule.why}</p>
            <KeyValue rows={ruleRows(finding)} />
          </div>
        </Panel>
      </div>
      <History finding={finding} steps={steps} mayReadLog={mayReadLog} />
    </div>
  );
}

function Suppressed({ suppression }: { suppression: NonNullable<FindingView["suppression"]> }) {
  const { scope, path, ownerName, reason, expiresAt, findingId } = suppression;
  const what = {
    finding: "this finding",
    run: "this rule in this run",
    pilot: "this rule in this pilot",
    path: `this rule at ${path ?? "a path"}`,
  }[scope];
  return (
    <div className="mb-4">
      <Note icon={Info}>
        Dismissed: {what}, until <RelativeTime at={expiresAt.toISOString()} />. {ownerName} answers for it: “
        <Visible text={reason} />”{" "}
        {scope === "finding" ? null : (
          <Link className="link" href={`/findings/${findingId}`}>
            Where it was decided
          </Link>
        )}
      </Note>
    </div>
  );
}

function whereOf(finding: FindingView): KeyValueRow[] {
  return placesOf(finding).map(({ key, text, href, id }) => ({
    key,
    value: (
      <span className="row flex-wrap">
        {href ? (
          <Link className="link tw" href={href}>
            <Visible text={text} />
          </Link>
        ) : (
          <span className="tw">
            <Visible text={text} />
          </span>
        )}
        {id ? <CopyId id={id} what={key.toLowerCase()} /> : null}
      </span>
    ),
  }));
}

function ruleRows({ rule, commitment }: FindingView): KeyValueRow[] {
  return [
    { key: "Rule", value: <span className="mono">{rule.id}</span> },
    { key: "ATT&CK", value: <span className="mono">{rule.attack ?? "none fits"}</span> },
    { key: "ATLAS", value: <span className="mono">{rule.atlas ?? "none fits"}</span> },
    { key: "Commitment", value: <CopyId id={commitment} what="commitment to the evidence" /> },
  ];
}

function History({ finding, steps, mayReadLog }: Pick<FindingPageProps, "finding" | "steps" | "mayReadLog">) {
  return (
    <Panel
      title="History"
      className="mt-4"
      actions={
        mayReadLog ? (
          <Link className="link sm" href={`/log?subject=finding:${finding.id}`}>
            Its entries in the log
          </Link>
        ) : null
      }
    >
      <ul className="pb grid gap-2.5">
        <li className="row items-start">
          <Badge noun="finding" status="open" bare />
          <span className="tw grow">The monitor saw it first</span>
          <span className="t3 sm nowrap">
            <RelativeTime at={finding.firstAt.toISOString()} />
          </span>
        </li>
        {steps.map(({ number, at, actorName, from, to, reason }) => (
          <li key={number} className="row items-start">
            <Badge noun="finding" status={to} bare />
            <span className="tw grow">
              {actorName}{" "}
              <span className="t3 sm">
                ({from} → {to})
              </span>
              {reason === "" ? null : (
                <span className="t2 sm block">
                  “<Visible text={reason} />”
                </span>
              )}
            </span>
            <span className="t3 sm nowrap">
              <RelativeTime at={at.toISOString()} />
            </span>
          </li>
        ))}
        {finding.times > 1 ? (
          <li className="row items-start">
            <ArrowRight className="i" aria-hidden />
            <span className="tw grow">Seen last</span>
            <span className="t3 sm nowrap">
              <RelativeTime at={finding.lastAt.toISOString()} />
            </span>
          </li>
        ) : null}
      </ul>
    </Panel>
  );
}
