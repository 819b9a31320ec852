import Link from "next/link";
import type { ReachView } from "#lib/stop-times/schema.ts";
import { Badge } from "../ui/badge.tsx";
import { RelativeTime } from "../ui/relative-time.tsx";
import { Visible } from "../ui/visible.tsx";

const ms = (value: number | null): string => (value === null ? "–" : `${value} ms`);

/** Leases that a stop or a drill ended, by their runners; those that were not reached are named. */
export function ReachRows({ reached }: { readonly reached: readonly ReachView[] }) {
  return (
    <ul className="reach sm">
      {reached.map((each) => (
        <li key={each.leaseId}>
          <Badge noun="reach" status={each.outcome} bare />{" "}
          <Link href={`/runs/${each.runId}`}>
            <Visible text={each.runnerName} />
          </Link>{" "}
          <span className="t3 num">
            told {ms(each.told)}, last byte {ms(each.network)}, last token {ms(each.model)}, ended{" "}
            {ms(each.ended)}
          </span>
          {each.outcome !== "stopped" && each.outcome !== "waiting" && each.confirmedAt ? (
            <span className="t3">
              ; said that it had ended <RelativeTime at={each.confirmedAt.toISOString()} />
            </span>
          ) : null}
        </li>
      ))}
    </ul>
  );
}
