import type { ReactNode } from "react";

export interface PageHeadProps {
  readonly title: ReactNode;
  /** One sentence below, or one grey fact. */
  readonly text?: ReactNode;
  readonly actions?: ReactNode;
}

export function PageHead({ title, text, actions }: PageHeadProps) {
  return (
    <header className="page-head">
      <div className="grow">
        <h1 className="h1">{title}</h1>
        {text ? <div className="t2">{text}</div> : null}
      </div>
      {actions ? <div className="row flex-wrap">{actions}</div> : null}
    </header>
  );
}
