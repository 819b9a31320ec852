import { Check, Minus, TriangleAlert, X } from "lucide-react";
import type { ReactNode } from "react";
import { plural } from "../../format.ts";
import { TestList } from "../../run/test-list.tsx";
import { Icon } from "../../ui/icon.tsx";

const FACE = {
  good: { icon: Check, tone: "good" },
  bad: { icon: X, tone: "bad" },
  need: { icon: TriangleAlert, tone: "need" },
  none: { icon: Minus, tone: "t3" },
} as const;
export type Good = keyof typeof FACE;

/** One line: what, and how it is. */
export function Fact({ good, children, value }: { good: Good; children: ReactNode; value?: ReactNode }) {
  const { icon, tone } = FACE[good];
  return (
    <div className={value === undefined ? "fact two" : "fact"}>
      <Icon of={icon} className={tone} />
      <span className="tw">{children}</span>
      {value === undefined ? null : <span className="num">{value}</span>}
    </div>
  );
}

/** As many as a page can show at once; the rest is in the document. */
const MOST_NAMED = 500;

interface ListedProps {
  readonly good: Good;
  readonly title: string;
  readonly names: readonly string[];
  readonly noun?: string;
}

/** A list by its size; the names unfold. Nothing to say, nothing shown. */
export function Listed({ good, title, names, noun = "test" }: ListedProps) {
  if (names.length === 0) return null;
  const { icon, tone } = FACE[good];
  return (
    <details className="fold">
      <summary className="fact">
        <Icon of={icon} className={tone} />
        <span>{title}</span>
        <span className="num">{plural(names.length, noun)}</span>
      </summary>
      <TestList tests={names} most={MOST_NAMED} />
    </details>
  );
}
