import { Snowflake } from "lucide-react";
import Link from "next/link";
import type { PilotWatch } from "#lib/tripwires/list-watch.ts";
import { Remark } from "../ui/badge.tsx";
import { Way } from "./way.tsx";

/** How near a pilot is to its nearest tripwire, and what holds its merges: one cell of a list, or a line of a header. */
export function Nearest({ pilotId, watch }: { pilotId: string; watch: PilotWatch | undefined }) {
  if (!watch?.nearest) return <span className="t3 sm">no tripwire</span>;
  const { nearest, frozenBy } = watch;
  const { title, words, way, state } = nearest;
  return (
    <div className="near" data-wire-state={state}>
      <Link className="sm" href={`/pilots/${pilotId}/tripwires`} title={nearest.line}>
        {title}: <span className="num">{words}</span>
      </Link>
      <Way way={way} isTripped={state === "tripped"} />
      {frozenBy === null ? null : (
        <Remark tone="bad" icon={Snowflake}>
          Merges frozen
        </Remark>
      )}
    </div>
  );
}
