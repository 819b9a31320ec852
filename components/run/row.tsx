import type { LucideIcon } from "lucide-react";
import type { ReactNode } from "react";
import { Icon } from "../ui/icon.tsx";
import { ClockTime } from "../ui/relative-time.tsx";
import { EventLink } from "./event/link.tsx";

interface RowProps {
  readonly icon: LucideIcon;
  readonly tone: string;
  readonly at: string;
  readonly seq: number;
  readonly head: ReactNode;
  readonly end?: ReactNode;
  readonly children?: ReactNode;
}

/** One row of a turn: an icon on its line, what it says, when, and the link to its event. */
export function Row({ icon, tone, at, seq, head, end, children }: RowProps) {
  return (
    <li className={`ti ${tone}`}>
      <span className="tic">
        <Icon of={icon} />
      </span>
      <div className="tb">
        <div className="th">
          <div className="grow tw">{head}</div>
          {end}
          <ClockTime at={at} className="t3 sm num nowrap" />
          <EventLink seq={seq} />
        </div>
        {children}
      </div>
    </li>
  );
}
