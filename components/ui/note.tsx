import { CircleAlert, Info, type LucideIcon, ShieldCheck, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { Icon } from "./icon.tsx";

export interface NoteProps {
  readonly tone?: "plain" | "need" | "bad" | "good";
  readonly icon?: LucideIcon;
  /** `alert` interrupts a screen reader, `status` waits. */
  readonly role?: "alert" | "status" | "note";
  readonly children: ReactNode;
}

const ICONS = { plain: Info, need: TriangleAlert, bad: CircleAlert, good: ShieldCheck };

/** A fact that changes what the reader may do. */
export function Note({ tone = "plain", icon, role = "note", children }: NoteProps) {
  return (
    <div className={`note ${tone === "plain" ? "" : tone}`} role={role}>
      <Icon of={icon ?? ICONS[tone]} />
      <div className="grow">{children}</div>
    </div>
  );
}
