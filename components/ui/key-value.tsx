import type { ReactNode } from "react";

export interface KeyValueRow {
  readonly key: string;
  readonly value: ReactNode;
}

export function KeyValue({ rows }: { rows: readonly KeyValueRow[] }) {
  return (
    <dl className="kv">
      {rows.map(({ key, value }) => (
        <div key={key}>
          <dt>{key}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

/** Facts in a line below a title. */
export function Facts({ rows }: { rows: readonly (KeyValueRow & { wide?: boolean })[] }) {
  return (
    <dl className="meta">
      {rows.map(({ key, value, wide }) => (
        <div key={key} className={wide ? "only-wide" : ""}>
          <dt>{key}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
