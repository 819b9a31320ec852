import type { RunView } from "#lib/runs/schema.ts";
import { formatDuration } from "../format.ts";
import { RelativeTime } from "../ui/relative-time.tsx";

/** How long the work took, up to the review; while it goes on, since when. */
export function RunDuration({
  run: { startedAt, reviewOpenedAt, endedAt },
}: {
  run: Pick<RunView, "startedAt" | "reviewOpenedAt" | "endedAt">;
}) {
  if (!startedAt) return <span title="It has not started">–</span>;
  const end = reviewOpenedAt ?? endedAt;
  return end ? (
    formatDuration(end.getTime() - startedAt.getTime())
  ) : (
    <RelativeTime at={startedAt.toISOString()} />
  );
}
