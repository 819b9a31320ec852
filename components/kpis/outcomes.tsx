import Link from "next/link";
import type { KpiId } from "#lib/kpis/schema/kpi-id.ts";
import type { Outcome, OutcomesKpi } from "#lib/kpis/schema.ts";
import { formatCount, plural } from "../format.ts";

const WORDS: Readonly<Record<Outcome, string>> = {
  merged: "Merged",
  rejected: "Rejected",
  no_change: "No change",
  failed: "Failed",
  cancelled: "Cancelled",
};

const percent = (share: number) => `${(share * 100).toFixed(0)} %`;

/** How runs ended, and how many attempts that took. */
export function Outcomes({
  outcomes: { shares, ended, open, minimumSample },
  base,
}: {
  outcomes: OutcomesKpi;
  base: string;
}) {
  const most = Math.max(1, ...shares.map(({ count }) => count));
  return (
    <article className="tile">
      <header className="row">
        <h2 className="t2 grow trunc">Runs by outcome</h2>
        <span className="t3 xs num">{plural(open, "open run")}</span>
      </header>
      <ul className="outs">
        {shares.map(({ outcome, count, rate, interval, attempts }) => (
          <li key={outcome}>
            <span className="t2 sm">{WORDS[outcome]}</span>
            <svg
              viewBox="0 0 100 8"
              preserveAspectRatio="none"
              aria-hidden="true"
              className={`bar ${outcome}`}
            >
              <rect width={(count / most) * 100} height="8" rx="1" />
            </svg>
            <span className="num med" title={plural(attempts, "attempt")}>
              <Count outcome={outcome} count={count} base={base} />
            </span>
            <span className="t3 xs num nowrap">
              {rate === null || !interval
                ? "–"
                : `${percent(rate)} (${percent(interval.low)} to ${percent(interval.high)})`}
            </span>
          </li>
        ))}
      </ul>
      <footer className="row xs">
        <span className="t3 num trunc grow">
          {plural(ended, "run")} over
          {ended < minimumSample ? `, rates from ${minimumSample}` : ", 95 % interval"}
        </span>
      </footer>
    </article>
  );
}

/** The number whose rows are the runs that ended so; of the others there is none. */
const SHARES: Readonly<Partial<Record<Outcome, KpiId>>> = {
  merged: "merged_share",
  rejected: "rejected_share",
  failed: "failed_share",
};

function Count({ outcome, count, base }: { outcome: Outcome; count: number; base: string }) {
  const share = SHARES[outcome];
  if (share === undefined) return formatCount(count);
  return (
    <Link href={`${base}&kpi=${share}#rows`}>
      {formatCount(count)}
      <span className="vh">: rows behind {WORDS[outcome]}</span>
    </Link>
  );
}
