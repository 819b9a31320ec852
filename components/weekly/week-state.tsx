import { CalendarX, CircleCheck, Clock, type LucideIcon, OctagonX, ShieldCheck } from "lucide-react";
import type { WeekState } from "#lib/weekly-reviews/schema.ts";
import type { Tone } from "../status.ts";
import { Remark } from "../ui/badge.tsx";

const FACES: Readonly<Record<WeekState, readonly [Tone, LucideIcon, string]>> = {
  waits: ["need", Clock, "Waits for a decision"],
  overdue: ["bad", CalendarX, "Overdue: nobody decided"],
  continue: ["good", CircleCheck, "Continue"],
  tighten: ["review", ShieldCheck, "Tighten"],
  stop: ["bad", OctagonX, "Stop"],
};

export function WeekStateBadge({ state }: { state: WeekState }) {
  const [tone, icon, word] = FACES[state];
  return (
    <span data-week-state={state}>
      <Remark tone={tone} icon={icon} bare={false}>
        {word}
      </Remark>
    </span>
  );
}
