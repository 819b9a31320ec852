import { type LucideIcon, OctagonX, ScrollText, Server } from "lucide-react";
import Link from "next/link";
import type { ReactNode } from "react";
import { formatCount } from "../format.ts";
import { Icon } from "../ui/icon.tsx";
import { Panel } from "../ui/panel.tsx";

export interface ControlFacts {
  /** Null for a person who may not see the log. */
  readonly logEntries: number | null;
  readonly refusedSignIns: number | null;
  readonly stopsInForce: number;
  readonly runnersLive: number;
  readonly runnersStrong: number;
  readonly runners: number;
}

/** What a security lead looks at first. */
export function Controls({ facts }: { facts: ControlFacts }) {
  const { logEntries, refusedSignIns, stopsInForce, runnersLive, runnersStrong, runners } = facts;
  return (
    <Panel title="Controls">
      <dl className="trust">
        {logEntries === null ? null : (
          <Control
            icon={ScrollText}
            name="Log entries"
            value={<Link href="/log">{formatCount(logEntries)}</Link>}
          />
        )}
        {refusedSignIns === null ? null : (
          <Control
            icon={ScrollText}
            name="Refused sign-ins"
            value={<Link href="/log?kind=person.sign_in_refused">{refusedSignIns}</Link>}
            tone={refusedSignIns > 0 ? "need" : ""}
          />
        )}
        <Control
          icon={OctagonX}
          name="Emergency stops in force"
          value={<Link href="/stops">{stopsInForce}</Link>}
          tone={stopsInForce > 0 ? "bad" : ""}
        />
        <Control
          icon={Server}
          name="Runners live"
          value={<Link href="/runners">{`${runnersLive} of ${runners}`}</Link>}
          tone={runnersLive === 0 ? "bad" : runnersLive < runners ? "need" : ""}
        />
        <Control
          icon={Server}
          name="Of these, strong sandbox"
          value={`${runnersStrong}`}
          tone={runnersStrong < runnersLive ? "need" : ""}
        />
      </dl>
    </Panel>
  );
}

function Control({
  icon,
  name,
  value,
  tone = "",
}: {
  icon: LucideIcon;
  name: string;
  value: ReactNode;
  tone?: string;
}) {
  return (
    <div>
      <dt>
        <Icon of={icon} className="t3" />
        {name}
      </dt>
      <dd className={`num med ${tone}`}>{value}</dd>
    </div>
  );
}
