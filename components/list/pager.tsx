import { ArrowDown, ArrowUp } from "lucide-react";
import { ButtonLink } from "../ui/button.tsx";

export interface PagerProps {
  /** What is shown: "50 shown". */
  readonly shown: string;
  /** Address of the first page, when this is not it. */
  readonly first?: string | null;
  readonly next?: string | null;
}

export function Pager({ shown, first, next }: PagerProps) {
  return (
    <div className="pager">
      <span className="t3 sm num grow">{shown}</span>
      {first ? (
        <ButtonLink size="sm" tone="quiet" icon={ArrowUp} href={first}>
          Newest
        </ButtonLink>
      ) : null}
      {next ? (
        <ButtonLink size="sm" icon={ArrowDown} href={next}>
          Older
        </ButtonLink>
      ) : null}
    </div>
  );
}
