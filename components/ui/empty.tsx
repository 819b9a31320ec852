import type { LucideIcon } from "lucide-react";
import type { ReactNode } from "react";
import { Icon } from "./icon.tsx";

export interface EmptyProps {
  readonly icon: LucideIcon;
  /** What is not here. */
  readonly title: string;
  /** What fills it. */
  readonly text: ReactNode;
  /** The one next step. */
  readonly action?: ReactNode;
}

export function Empty({ icon, title, text, action }: EmptyProps) {
  return (
    <div className="em">
      <Icon of={icon} size={20} />
      <p className="med">{title}</p>
      <div className="em-text t3 sm">{text}</div>
      {action}
    </div>
  );
}
