import { Link2 } from "lucide-react";
import Link from "next/link";
import { type Change, changeBetween } from "#lib/boards/rules.ts";
import type { BoardNumber } from "#lib/boards/schema.ts";
import { KPIS } from "#lib/kpis/definitions/registry.ts";
import { amountOf } from "#lib/kpis/metric-rules.ts";
import type { KpiReading } from "#lib/kpis/schema/reading.ts";
import { plural } from "../format.ts";
import { IntervalBar } from "../kpis/interval-bar.tsx";
import { Icon } from "../ui/icon.tsx";

export interface BoardTileProps extends BoardNumber {
  /** Address with a query, to which `&kpi=` is added. */
  readonly base: string;
  /** What stands beside this number where it could be gamed; null where there is none. */
  readonly pair: KpiReading | null;
}

/** A number with its interval, what it rests on, what it was before, and the number that would suffer from it. */
export function BoardTile({ reading, before, base, pair }: BoardTileProps) {
  const { kpi, value, interval, state } = reading;
  const { title, definition } = KPIS[kpi];
  const href = `${base}&kpi=${kpi}#rows`;
  const shown = value === null ? "–" : amountOf(kpi, value);
  return (
    <article className="tile" data-kpi={kpi} data-state={state}>
      <header className="row">
        <h3 className="t2 grow trunc">{title}</h3>
      </header>
      <div className="row val">
        {state === "not_connected" ? (
          <span className="t3">not connected</span>
        ) : (
          <Link href={href} className="big num">
            {shown}
            <span className="vh">: rows behind {title}</span>
          </Link>
        )}
        <span className="grow" />
        <Changed change={changeBetween(reading, before)} before={before} />
      </div>
      {state === "not_connected" ? (
        <p className="xs t2">{KPIS[kpi].connect ?? "It is not told apart like this."}</p>
      ) : (
        <>
          <IntervalBar
            value={value}
            interval={interval}
            target={null}
            label={`${title}: ${shown}, 95 % interval ${intervalWords(reading)}`}
          />
          <p className="xs t3 num">
            {value === null ? sampleWords(reading) : `${intervalWords(reading)}; ${sampleWords(reading)}`}
          </p>
        </>
      )}
      <Formula {...reading} />
      <details className="xs">
        <summary className="t3">What it is</summary>
        <p className="t2">{definition}</p>
      </details>
      {pair ? (
        <footer className="row xs">
          <span className="grow" />
          <Link href={`${base}&kpi=${pair.kpi}#rows`} className="pair num nowrap">
            <Icon of={Link2} size={12} />
            <span className="trunc">{KPIS[pair.kpi].title}</span>{" "}
            <span className="med">{pair.value === null ? "–" : amountOf(pair.kpi, pair.value)}</span>
          </Link>
        </footer>
      ) : null}
    </article>
  );
}

export function intervalWords({ kpi, interval }: KpiReading): string {
  return interval ? `${amountOf(kpi, interval.low)} to ${amountOf(kpi, interval.high)}` : "no interval";
}

/** What the number rests on, and what is left out of it. */
export function sampleWords(reading: KpiReading): string {
  const { kpi, state, sample, minimumSample, numerator, denominator, maturing, censored, provisional } =
    reading;
  const { noun, statistic } = KPIS[kpi];
  const rows = plural(sample, noun, noun.endsWith("ch") ? `${noun}es` : `${noun}s`);
  const base =
    state === "too_few"
      ? statistic === "total"
        ? "too few people to show"
        : `${sample} of at least ${minimumSample}`
      : statistic === "rate" && numerator !== null && denominator !== null
        ? `${numerator} of ${denominator}`
        : rows;
  const left = [
    ...(maturing > 0 ? [`${maturing} still maturing`] : []),
    ...(provisional > 0 ? [`${provisional} provisional`] : []),
    ...(censored > 0 ? [statistic === "total" ? `${censored} hidden` : `${censored} not over`] : []),
  ];
  return [base, ...left].join(", ");
}

export function changeWords({ by, unit }: Change): string {
  const rounded = Math.round(Math.abs(by) * 10) / 10;
  const sign = rounded === 0 ? "±" : by > 0 ? "+" : "−";
  return unit === "points" ? `${sign}${rounded} points` : `${sign}${rounded} %`;
}

function Changed({ change, before }: { change: Change | null; before: KpiReading | null }) {
  if (!change || !before || before.value === null) return null;
  const { isBetter } = change;
  const tone = isBetter === null ? "t3" : isBetter ? "ok" : "worse";
  const word = isBetter === null ? "unchanged" : isBetter ? "better" : "worse";
  return (
    <span className={`xs num nowrap chg-by ${tone}`} title={`It was ${amountOf(before.kpi, before.value)}`}>
      {changeWords(change)} <span className="t3">{word}</span>
    </span>
  );
}

/** How hours reclaimed come about. */
function Formula({ kpi, value, numerator, denominator }: KpiReading) {
  if (kpi !== "hours_reclaimed" || value === null || numerator === null || denominator === null) return null;
  return (
    <p className="xs t2 num">
      {amountOf(kpi, numerator)} that fixes took before − {amountOf(kpi, denominator)} of people
    </p>
  );
}
