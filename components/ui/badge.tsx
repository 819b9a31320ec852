import type { LucideIcon } from "lucide-react";
import type { ReactNode } from "react";
import { type StatusNoun, type StatusOf, statusFace, type Tone } from "../status.ts";
import { Icon } from "./icon.tsx";

export interface BadgeProps<Noun extends StatusNoun> {
  readonly noun: Noun;
  readonly status: StatusOf<Noun>;
  /** Without its box, for dense cells. */
  readonly bare?: boolean;
}

/** The status of a thing, from the one table. `data-status` is for tests and styles. */
export function Badge<Noun extends StatusNoun>({ noun, status, bare = false }: BadgeProps<Noun>) {
  const { tone, icon, word, turns } = statusFace(noun, status);
  return (
    <span className={`${bare ? "st" : "badge"} ${tone}`} data-status={status}>
      <Icon of={icon} size={12} className={turns ? "spin" : ""} />
      {word}
    </span>
  );
}

/** A remark in a status tone that is not a state of ours: "1 to check", "expires in 2 h". */
export function Remark({
  tone,
  icon,
  bare = true,
  children,
}: {
  tone: Tone;
  icon: LucideIcon;
  bare?: boolean;
  children: ReactNode;
}) {
  return (
    <span className={`${bare ? "st" : "badge"} ${tone}`}>
      <Icon of={icon} size={12} />
      {children}
    </span>
  );
}
