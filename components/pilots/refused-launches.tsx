import type { LaunchRefusal } from "#lib/runs/schema.ts";
import { Panel } from "../ui/panel.tsx";
import { RelativeTime } from "../ui/relative-time.tsx";
import { Visible } from "../ui/visible.tsx";

/** Runs that never began, each with the sentence whoever asked was told. Nothing where there are none. */
export function RefusedLaunches({ refusals }: { refusals: readonly LaunchRefusal[] }) {
  if (refusals.length === 0) return null;
  return (
    <Panel title="Refused launches" level={2} fact={`the newest ${refusals.length}`}>
      <ul className="grid gap-2 pb" aria-label="Refused launches">
        {refusals.map(({ id, reason, agentName, personName, at }) => (
          <li key={id} className="col gap-1">
            <span className="tw">
              <Visible text={reason} />
            </span>
            <span className="t3 sm">
              {personName}, with the agent <Visible text={agentName} />,{" "}
              <RelativeTime at={at.toISOString()} />
            </span>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
