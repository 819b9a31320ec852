import { type ReactNode, useId } from "react";

export interface PanelProps {
  readonly title: string;
  /** One grey fact after the title. */
  readonly fact?: ReactNode;
  readonly actions?: ReactNode;
  readonly busy?: boolean;
  readonly className?: string;
  readonly id?: string;
  readonly level?: 2 | 3;
  readonly children: ReactNode;
}

export function Panel({ title, fact, actions, busy, className = "", id, level = 2, children }: PanelProps) {
  const heading = useId();
  const Heading = level === 2 ? "h2" : "h3";
  return (
    <section className={`panel ${className}`} aria-labelledby={heading} aria-busy={busy || undefined} id={id}>
      <div className="ph">
        <Heading className="h2" id={heading}>
          {title}
        </Heading>
        {fact === undefined ? null : <span className="sm num trunc">{fact}</span>}
        <span className="grow" />
        {actions}
      </div>
      {children}
    </section>
  );
}
