import { formatExact } from "../format.ts";

export interface Marked {
  readonly at: Date;
  readonly text: string;
  readonly number: number;
}

/** What the numbers on top of a chart stand for. */
export function MarkList({ marks }: { marks: readonly Marked[] }) {
  if (marks.length === 0) return null;
  return (
    <ol className="notes sm" aria-label="What happened meanwhile">
      {marks.map(({ at, text, number }) => (
        <li key={number}>
          <span className="num med">{number}</span>{" "}
          <span className="num t3 nowrap">{formatExact(at.toISOString())}</span> {text}
        </li>
      ))}
    </ol>
  );
}
