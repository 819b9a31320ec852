import { CircleDashed, Flame, type LucideIcon, OctagonAlert, TriangleAlert } from "lucide-react";
import type { Severity } from "#lib/findings/schema.ts";
import type { Tone } from "../status.ts";
import { Remark } from "../ui/badge.tsx";

const FACES = {
  low: { tone: "wait", icon: CircleDashed, word: "Low" },
  medium: { tone: "need", icon: TriangleAlert, word: "Medium" },
  high: { tone: "bad", icon: OctagonAlert, word: "High" },
  critical: { tone: "bad", icon: Flame, word: "Critical" },
} as const satisfies Record<Severity, { tone: Tone; icon: LucideIcon; word: string }>;

export const SEVERITY_OPTIONS = (["critical", "high", "medium", "low"] as const).map((severity) => ({
  value: severity,
  title: FACES[severity].word,
}));

export function SeverityMark({ severity }: { severity: Severity }) {
  const { tone, icon, word } = FACES[severity];
  return (
    <Remark tone={tone} icon={icon}>
      {word}
    </Remark>
  );
}
