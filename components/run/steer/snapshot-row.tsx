import { Save } from "lucide-react";
import type { SnapshotItem } from "#lib/timeline/schema.ts";
import { formatBytes } from "../../format.ts";
import { Row } from "../row.tsx";
import { useSteering } from "./steering-context.tsx";

const WHEN = {
  turn: "after",
  time: "during",
  pause: "at the pause, in",
  ask: "at the ask, in",
} as const satisfies Record<SnapshotItem["why"], string>;

/** "after turn 3" */
export const snapshotPlace = ({ why, turn }: Pick<SnapshotItem, "why" | "turn">): string =>
  turn === 0 ? "before the first turn" : `${WHEN[why]} turn ${turn}`;

/** A quiet line: only the newest one is what a lost run goes on from. */
export function SnapshotRow({ item }: { item: SnapshotItem }) {
  const { snapshotBytes, newestSnapshot } = useSteering();
  const bytes = snapshotBytes[item.blob];
  return (
    <Row
      icon={Save}
      tone="quiet"
      at={item.at}
      seq={item.seq}
      head={
        <>
          Snapshot {snapshotPlace(item)}
          {bytes === undefined ? "" : `, ${formatBytes(bytes)}`}
          {item.seq === newestSnapshot ? "; a lost run goes on from here" : ""}
        </>
      }
    />
  );
}
