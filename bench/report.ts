// What a bench prints: per measure ours, the peer's and the floor from one run, the goal, and whether it is met.
import { quantile, ratioOf, type Spread, spreadOf } from "./stats.ts";

export interface Series {
  /** What was timed, in a few words. */
  readonly name: string;
  /** Milliseconds, one per repeat. */
  readonly samples: readonly number[];
}

/** Judged by medians. `none`: shown to explain another measure. */
export type Goal =
  | { readonly kind: "times_peer"; readonly most: number }
  | { readonly kind: "milliseconds"; readonly most: number }
  | { readonly kind: "none" };

export interface Measure {
  readonly name: string;
  readonly ours: Series;
  /** Somebody else's way to the same end. */
  readonly peer: Series | null;
  /** What the machine needs at least. */
  readonly floor: Series | null;
  readonly goal: Goal;
}

export type Verdict = "MET" | "MISSED" | "–";

export function verdictOf({ ours, peer, goal }: Measure): Verdict {
  switch (goal.kind) {
    case "none":
      return "–";
    case "milliseconds":
      return quantile(ours.samples, 0.5) <= goal.most ? "MET" : "MISSED";
    case "times_peer": {
      if (peer === null) throw new Error(`The goal of “${ours.name}” needs a peer.`);
      return ratioOf(ours.samples, peer.samples) <= goal.most ? "MET" : "MISSED";
    }
  }
}

function goalText(goal: Goal): string {
  switch (goal.kind) {
    case "none":
      return "no goal";
    case "milliseconds":
      return `goal p50 ≤ ${goal.most} ms`;
    case "times_peer":
      return `goal p50 ≤ ${goal.most} × the peer's`;
  }
}

/** Three digits are more than a loaded machine is good for. */
export function milliseconds(value: number): string {
  return value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2);
}

const NAME_WIDTH = 46;

function row(label: string, { name, samples }: Series, ours: Series): string {
  const { count, p50, p99 }: Spread = spreadOf(samples);
  const ratio = samples === ours.samples ? "" : `ours is ${ratioOf(ours.samples, samples).toFixed(2)} ×`;
  const numbers = [milliseconds(p50).padStart(8), milliseconds(p99).padStart(8), `n=${count}`.padStart(6)];
  return `  ${label.padEnd(6)}${name.padEnd(NAME_WIDTH)}${numbers.join(" ")}  ${ratio}`.trimEnd();
}

export function measureText(measure: Measure): string {
  const { name, ours, peer, floor, goal } = measure;
  const rows = [
    row("ours", ours, ours),
    ...(peer ? [row("peer", peer, ours)] : []),
    ...(floor ? [row("floor", floor, ours)] : []),
  ];
  const title = `${name}: ${goalText(goal)}`;
  const verdict = verdictOf(measure);
  return [verdict === "–" ? title : `${title}: ${verdict}`, ...rows].join("\n");
}

/** All measures, with what the reader must know of the machine above them. */
export function reportText(facts: readonly string[], measures: readonly Measure[]): string {
  const heading = `${" ".repeat(8)}${"milliseconds".padEnd(NAME_WIDTH)}${"p50".padStart(8)} ${"p99".padStart(8)}`;
  return [...facts, "", heading, ...measures.map(measureText)].join("\n");
}

export const missed = (measures: readonly Measure[]): string[] =>
  measures.filter((measure) => verdictOf(measure) === "MISSED").map(({ name }) => name);
