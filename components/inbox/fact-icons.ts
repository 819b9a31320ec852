import { Check, CircleDashed, type LucideIcon, Minus, TriangleAlert, X } from "lucide-react";
import type { Tone } from "../status.ts";

/** What a remark of this tone shows where it has no icon of its own. */
export const FACT_ICONS: Readonly<Record<Tone, LucideIcon>> = {
  wait: Minus,
  work: CircleDashed,
  need: TriangleAlert,
  review: Check,
  good: Check,
  bad: X,
};
