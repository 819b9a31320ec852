import type { LucideIcon } from "lucide-react";

export interface IconProps {
  readonly of: LucideIcon;
  readonly size?: 12 | 14 | 16 | 20;
  readonly className?: string;
}

const CLASS = { 12: "i i12", 14: "i", 16: "i i16", 20: "i i20" } as const;

/** Icons only ever decorate: the word beside them, or the control's label, is what is read out. */
export function Icon({ of: Shape, size = 14, className = "" }: IconProps) {
  return <Shape aria-hidden="true" className={`${CLASS[size]} ${className}`} />;
}
