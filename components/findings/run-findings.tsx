import Link from "next/link";
import type { FindingView } from "#lib/findings/schema.ts";
import { formatCount } from "../format.ts";
import { Badge } from "../ui/badge.tsx";
import { SeverityMark } from "./severity.tsx";

const SHOWN = 6;
const ORDER = ["critical", "high", "medium", "low"] as const;

const isOver = ({ state }: FindingView): boolean => state === "dismissed" || state === "mitigated";

/** What waits first, the gravest of it first. */
export const byWeight = (findings: readonly FindingView[]): FindingView[] =>
  [...findings].sort(
    (a, b) => Number(isOver(a)) - Number(isOver(b)) || ORDER.indexOf(a.severity) - ORDER.indexOf(b.severity),
  );

/** A section beside a run: what the monitor saw in it. */
export function RunFindings({ runId, findings }: { runId: string; findings: readonly FindingView[] }) {
  return (
    <section>
      <h2 className="h2">
        Findings <span className="t3 num">{formatCount(findings.length)}</span>
      </h2>
      {findings.length === 0 ? (
        <p className="t3 sm">The monitor has seen nothing in this run.</p>
      ) : (
        <>
          <ul className="grid gap-1.5">
            {byWeight(findings)
              .slice(0, SHOWN)
              .map(({ id, rule, severity, state, times }) => (
                <li key={id} className="grid gap-0.5">
                  <Link className="link sm tw" href={`/findings/${id}`}>
                    {rule.title}
                  </Link>
                  <span className="row sm">
                    <SeverityMark severity={severity} />
                    <Badge noun="finding" status={state} bare />
                    {times > 1 ? <span className="t3 num">{formatCount(times)} times</span> : null}
                  </span>
                </li>
              ))}
          </ul>
          {findings.length > SHOWN ? (
            <Link className="link sm" href={`/findings?runId=${runId}`}>
              All {formatCount(findings.length)}
            </Link>
          ) : null}
        </>
      )}
    </section>
  );
}
