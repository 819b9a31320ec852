import type { ReactNode } from "react";
import { SCROLLS } from "./scrolls.ts";

export interface Column {
  readonly key: string;
  readonly title: string;
  /** Numbers stand right. */
  readonly number?: boolean;
  /** The head is for screen readers only. */
  readonly quiet?: boolean;
  /** Left out below 640 px. */
  readonly wide?: boolean;
  readonly className?: string;
}

export interface TableProps {
  readonly label: string;
  readonly columns: readonly Column[];
  /** One `<tr>` each. */
  readonly children: ReactNode;
  /** Two-line rows. */
  readonly tall?: boolean;
  readonly fixed?: boolean;
}

export function Table({ label, columns, children, tall = false, fixed = false }: TableProps) {
  return (
    <section className="scroll" aria-label={`${label}, scrolls`} {...SCROLLS}>
      <table aria-label={label} className={[tall ? "tall" : "", fixed ? "fix" : ""].join(" ")}>
        <thead>
          <tr>
            {columns.map(({ key, title, number, quiet, wide, className = "" }) => (
              <th
                key={key}
                scope="col"
                className={[number ? "n" : "", wide ? "only-wide" : "", className].join(" ")}
              >
                {quiet ? <span className="vh">{title}</span> : title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </section>
  );
}
