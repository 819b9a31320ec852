import Link from "next/link";
import type { WireView } from "#lib/tripwires/view-wires.ts";
import { Badge } from "../ui/badge.tsx";
import { Panel } from "../ui/panel.tsx";
import { Way } from "./way.tsx";

/** How far each tripwire of the charter is, on the pilot's own page. */
export function WirePanel({ pilotId, wires }: { pilotId: string; wires: readonly WireView[] }) {
  if (wires.length === 0) return null;
  const tripped = wires.filter(({ state }) => state === "tripped").length;
  return (
    <Panel
      title="Tripwires"
      fact={tripped === 0 ? `${wires.length} armed` : `${tripped} of ${wires.length} tripped`}
      className="mt-4"
      actions={
        <Link className="link sm" href={`/pilots/${pilotId}/tripwires`}>
          Rehearse and history
        </Link>
      }
    >
      <ul className="wires">
        {wires.map(({ line, condition, state, way, distance }) => (
          <li key={line} data-state={state}>
            <span className="tw">
              <span className="med">{condition}</span>
              <span className="sm t2">{distance}</span>
            </span>
            <Way way={way} isTripped={state === "tripped"} />
            <Badge noun="wire" status={state} bare />
          </li>
        ))}
      </ul>
    </Panel>
  );
}
