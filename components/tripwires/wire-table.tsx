import type { WireView } from "#lib/tripwires/view-wires.ts";
import { STEP_WORDS } from "#lib/tripwires/wire-words.ts";
import { Badge } from "../ui/badge.tsx";
import { RelativeTime } from "../ui/relative-time.tsx";
import { Table } from "../ui/table.tsx";
import { Way } from "./way.tsx";

export function WireTable({ wires }: { wires: readonly WireView[] }) {
  return (
    <Table
      label="Tripwires"
      tall
      columns={[
        { key: "wire", title: "Tripwire" },
        { key: "distance", title: "Distance" },
        { key: "state", title: "State" },
        { key: "does", title: "What it does", wide: true },
      ]}
    >
      {wires.map(({ line, wire, condition, state, since, way, distance, readAt }) => (
        <tr key={line} data-wire={wire.measure} data-state={state}>
          <td className="tw">
            <span className="med">{condition}</span>
            <div className="xs t3 mono">{line}</div>
          </td>
          <td className="tw num">
            <Way way={way} isTripped={state === "tripped"} />
            <span className="sm">{distance}</span>
            {readAt ? (
              <div className="xs t3">
                looked at <RelativeTime at={readAt.toISOString()} />
              </div>
            ) : null}
          </td>
          <td className="nowrap">
            <Badge noun="wire" status={state} bare />
            {state === "tripped" && since ? (
              <div className="xs t3">
                <RelativeTime at={since.toISOString()} />
              </div>
            ) : null}
          </td>
          <td className="tw sm only-wide">
            <ul>
              {wire.steps.map((step) => (
                <li key={step}>{STEP_WORDS[step]}</li>
              ))}
            </ul>
          </td>
        </tr>
      ))}
    </Table>
  );
}
