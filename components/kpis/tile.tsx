import { Link2 } from "lucide-react";
import Link from "next/link";
import type { Interval, Verdict } from "#lib/kpis/schema.ts";
import { plural } from "../format.ts";
import { Badge } from "../ui/badge.tsx";
import { Icon } from "../ui/icon.tsx";
import { IntervalBar } from "./interval-bar.tsx";

export interface TileProps {
  readonly title: string;
  /** As a person reads it; null when there is too little to say. */
  readonly shown: string | null;
  readonly value: number | null;
  readonly interval: Interval | null;
  /** Null where the charter aims at none. */
  readonly target: number | null;
  readonly write: (value: number) => string;
  /** "≥ 3 a week", "≤ 24 h" */
  readonly targetShown: string | null;
  readonly verdict: Verdict | null;
  readonly needed: number | null;
  readonly sample: number;
  readonly minimumSample: number;
  readonly provisional: number;
  /** What the sample counts: "merge". */
  readonly noun: string;
  /** Opens the rows behind the number. */
  readonly href: string;
  /** The number that would suffer if this one were gamed. */
  readonly pair: { readonly title: string; readonly shown: string; readonly href: string };
}

export function Tile(tile: TileProps) {
  const { title, shown, value, interval, target, write, targetShown, verdict, provisional, href, pair } =
    tile;
  const range = interval ? `${write(interval.low)} to ${write(interval.high)}` : "no interval yet";
  const aim = targetShown === null ? "no target" : `target ${targetShown}`;
  return (
    <article className="tile">
      <header className="row">
        <h2 className="t2 grow trunc">{title}</h2>
        {verdict === null ? null : <Badge noun="kpi" status={verdict} bare />}
      </header>
      <div className="row val">
        <Link href={href} className="big num">
          {shown ?? "–"}
          <span className="vh">: rows behind {title}</span>
        </Link>
        <span className="grow" />
        {provisional > 0 ? (
          <span className="prov num" title="Still inside the 14 days in which a merge can be reverted">
            {provisional} provisional
          </span>
        ) : null}
      </div>
      <IntervalBar
        value={value}
        interval={interval}
        target={target}
        label={`${title}: ${shown ?? "not enough rows"}, 95 % interval ${range}, ${aim}`}
      />
      <div className="row xs t3 num">
        <span>{range}</span>
        <span className="grow" />
        <span className="tg">{aim}</span>
      </div>
      <footer className="row xs">
        <span className="t3 num trunc grow">{basis(tile)}</span>
        <Link href={pair.href} className="pair num nowrap">
          <Icon of={Link2} size={12} />
          {pair.title} <span className="med">{pair.shown}</span>
        </Link>
      </footer>
    </article>
  );
}

/** What the number rests on, and what is missing to tell. */
export function basis({
  sample,
  minimumSample,
  needed,
  verdict,
  noun,
}: Pick<TileProps, "sample" | "minimumSample" | "needed" | "verdict" | "noun">): string {
  const has = plural(sample, noun);
  if (sample < minimumSample) return `${sample} of at least ${plural(minimumSample, noun)}`;
  if (verdict !== "cannot_tell") return has;
  return needed === null ? `${has}, no sample in reach would tell` : `${has}, needs about ${needed} more`;
}
