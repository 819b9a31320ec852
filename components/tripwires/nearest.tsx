import { Snowflake } from "lucide-react";
import Link from "next/link";
import type { PilotWatch } from "#lib/tripwires/list-watch.ts";
import { Remark } from "../ui/badge.tsx";
import { Way } from "./way.tsx";

/** How near a pilot is to its nearest tripwire, and what holds its merges: one cell of a list, or a line of a header. */
export function Nearest({ pilotId, watch }: { pilotId: string; watch: PilotWatch | undefined }) {
  // It does not go on, or the person may not see its numbers: nothing is said of its tripwires then.
  if (!watch) return <span className="t3">–</span>;
  const { nearest, frozenBy } = watch;
  return (
    <div className="near" data-wire-state={nearest?.state}>
      {nearest ? (
        <>
          <Link className="sm" href={`/pilots/${pilotId}/tripwires`} title={nearest.line}>
            {nearest.title}: <span className="num">{nearest.words}</span>
          </Link>
          <Way way={nearest.way} isTripped={nearest.state === "tripped"} />
        </>
      ) : (
        <span className="t3 sm">no tripwire</span>
      )}
      {frozenBy === null ? null : (
        <Remark tone="bad" icon={Snowflake}>
          Merges frozen
        </Remark>
      )}
    </div>
  );
}
