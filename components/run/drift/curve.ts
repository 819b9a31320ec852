// Where a run's score lies in a drawing. Pure: points in, coordinates out.
import type { DriftPoint } from "#lib/drift/schema.ts";

export const WIDTH = 296;
export const HEIGHT = 64;
/** Room above, for the words of the threshold. */
export const TOP = 14;

export interface Curve {
  /** Path of the line; a score holds until the next one. */
  readonly line: string;
  /** The same, closed at the bottom. */
  readonly area: string;
  /** Where the newest score is. */
  readonly end: { readonly x: number; readonly y: number };
}

/** From event 1 to the run's last. */
export function xOf(seq: number, last: number): number {
  const share = last <= 1 ? 1 : (Math.min(Math.max(seq, 1), last) - 1) / (last - 1);
  return Math.round(share * WIDTH * 10) / 10;
}

export const yOf = (score: number): number =>
  Math.round((HEIGHT - (Math.min(100, Math.max(0, score)) / 100) * (HEIGHT - TOP)) * 10) / 10;

export function curveOf(points: readonly Pick<DriftPoint, "seq" | "score">[], last: number): Curve {
  const newest = yOf(points.at(-1)?.score ?? 0);
  const steps = points.map(({ seq, score }) => `H${xOf(seq, last)}V${yOf(score)}`).join("");
  const line = `M0 ${yOf(0)}${steps}H${WIDTH}`;
  return { line, area: `${line}V${HEIGHT}H0Z`, end: { x: WIDTH, y: newest } };
}

/** More points than this cannot be told apart in so small a drawing: of those that would share a column the highest stays. */
const COLUMNS = 400;

export function thinned<P extends Pick<DriftPoint, "seq" | "score">>(
  points: readonly P[],
  last: number,
): P[] {
  if (points.length <= COLUMNS) return [...points];
  const kept = new Map<number, P>();
  for (const point of points) {
    const column = Math.floor((point.seq * COLUMNS) / Math.max(1, last));
    const before = kept.get(column);
    if (!before || point.score >= before.score) kept.set(column, point);
  }
  const newest = points.at(-1);
  return [...kept.values(), ...(newest && ![...kept.values()].includes(newest) ? [newest] : [])];
}
