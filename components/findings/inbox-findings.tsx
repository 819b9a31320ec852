import { Radar } from "lucide-react";
import Link from "next/link";
import type { FindingView } from "#lib/findings/schema.ts";
import { Badge } from "../ui/badge.tsx";
import { Icon } from "../ui/icon.tsx";
import { RelativeTime } from "../ui/relative-time.tsx";
import { Visible } from "../ui/visible.tsx";
import { SeverityMark } from "./severity.tsx";

const SHOWN = 10;

/** Grave findings that nobody has dealt with: they wait beside the gates. */
export function InboxFindings({ findings }: { findings: readonly FindingView[] }) {
  if (findings.length === 0) return null;
  return (
    <section aria-label="Findings to look at">
      <div className="grp">
        Findings <span className="num">{findings.length}</span>
      </div>
      <ul>
        {findings.slice(0, SHOWN).map(({ id, rule, severity, state, runTitle, pilotName, lastAt }) => (
          <li key={id} className="it">
            <span className="ty">
              <Icon of={Radar} />
            </span>
            <Link className="bodyl" href={`/findings/${id}`} data-row>
              <span className="row">
                <span className="med trunc grow">{rule.title}</span>
                <RelativeTime at={lastAt.toISOString()} className="sm num nowrap t2" />
              </span>
              <span className="row sm t3">
                <span className="trunc grow">
                  <Visible text={runTitle ?? "No run is known"} />
                  {pilotName ? ` · ${pilotName}` : ""}
                </span>
                <SeverityMark severity={severity} />
                <Badge noun="finding" status={state} bare />
              </span>
            </Link>
          </li>
        ))}
      </ul>
      {findings.length > SHOWN ? (
        <Link className="link sm p-3 block" href="/findings?state=open">
          All that wait
        </Link>
      ) : null}
    </section>
  );
}
