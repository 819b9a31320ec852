import { ScrollText } from "lucide-react";
import type { ReactNode } from "react";
import { Icon } from "../ui/icon.tsx";
import { Mark } from "../ui/mark.tsx";

export interface DoorProps {
  readonly title: string;
  /** Below the title: whose deployment this is, or for whom the link is. */
  readonly text: string;
  readonly children: ReactNode;
}

/** The frame of the pages that stand before the shell. */
export function Door({ title, text, children }: DoorProps) {
  return (
    <div className="door">
      <main className="door-box" id="main">
        <Mark />
        <div>
          <h1 className="h1 text-20">{title}</h1>
          <p className="t2 mt-1">{text}</p>
        </div>
        {children}
      </main>
      <footer className="door-foot">
        <span className="row gap-1.5">
          <Icon of={ScrollText} size={12} />
          Every sign-in and every failed try is written to the log
        </span>
        <span>No telemetry leaves this deployment</span>
      </footer>
    </div>
  );
}
