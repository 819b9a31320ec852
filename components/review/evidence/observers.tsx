import type { ReactNode } from "react";
import type { EvidenceDocument } from "#lib/evidence/document.ts";
import { formatDuration, plural, shortHash } from "../../format.ts";
import { CopyId } from "../../ui/copy-id.tsx";
import { Code, Visible } from "../../ui/visible.tsx";
import { COUNTED_BY } from "./checked.tsx";

interface ObserversProps {
  readonly document: EvidenceDocument;
  readonly runnerName: string;
}

/** Whose word each figure is. Nobody of them is the agent; its code ran in the process that wrote the reports. */
export function Observers({ document, runnerName }: ObserversProps) {
  const { sameHost, environment, environmentDigest, checks, observations } = document;
  const runner = `runner ${runnerName}`;
  const took = observations.map(({ milliseconds }) => milliseconds);
  return (
    <details className="fold">
      <summary className="xs link mt-1.5">Who observed what</summary>
      <dl className="grid gap-1.5 xs t2 pt-1">
        <Row term="Exit codes, durations, reports">
          {runner}, outside of the sandbox; {sameHost ? "on the author's host" : "not the author's host"}.
          {took.length > 0
            ? ` ${plural(took.length, "run")}, each ${formatDuration(Math.min(...took))} to ${formatDuration(Math.max(...took))}.`
            : null}
        </Row>
        <Row term="Which test passed">
          The test framework, in the process in which the patch's code ran; {runner} read its report.
        </Row>
        {checks ? (
          <Row term="Canary">
            Planted by {runner} under names made up for this verification (seed <Code text={checks.seed} />
            ), reported by the same framework.
          </Row>
        ) : null}
        {checks?.coverage ? (
          <Row term="Changed lines">
            Counted by {COUNTED_BY[checks.coverage.method]} in the process in which the patch's code ran;{" "}
            {runner} collected it.
          </Row>
        ) : null}
        <Row term="Verdict, inventory">This control plane, from what {runner} reported.</Row>
        <Row term="Isolation tier">The lease, as {runner} asked for it.</Row>
        {environmentDigest ? (
          <Row term="Environment">
            {runner}: {environment.platform}, kernel <Visible text={environment.kernel} />, Node{" "}
            <Visible text={environment.node} />
            {(checks?.tools ?? []).map(({ name, version }) => (
              <span key={name}>
                , <Visible text={version} />
              </span>
            ))}
            ; together{" "}
            <CopyId
              id={environmentDigest}
              what="environment digest"
              shown={`${shortHash(environmentDigest)}…`}
            />
          </Row>
        ) : null}
      </dl>
    </details>
  );
}

function Row({ term, children }: { term: string; children: ReactNode }) {
  return (
    <div>
      <dt className="med">{term}</dt>
      <dd className="t3">{children}</dd>
    </div>
  );
}
