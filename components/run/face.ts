// How one row of a timeline looks.
import type { LucideIcon } from "lucide-react";
import type { ReactNode } from "react";

export interface Face {
  readonly icon: LucideIcon;
  readonly tone: string;
  readonly head: ReactNode;
  readonly below?: ReactNode;
}
