import { Ban, Check, FlaskConical, Hand, type LucideIcon, OctagonX, Target } from "lucide-react";
import { Icon } from "../ui/icon.tsx";
import { Visible } from "../ui/visible.tsx";
import type { PolicyPart } from "./charter-words.ts";

const ICONS: Record<PolicyPart["kind"], LucideIcon> = {
  success: Target,
  may: Check,
  asks: Hand,
  never: Ban,
  merge: FlaskConical,
  stops: OctagonX,
};

export interface PolicyProps {
  readonly parts: readonly PolicyPart[];
  /** Sentences that were there before; any other is marked. Without it none is. */
  readonly known?: ReadonlySet<string>;
}

/** A charter as sentences. */
export function Policy({ parts, known }: PolicyProps) {
  return (
    <div className="pol">
      {parts.map(({ title, kind, sentences }) => (
        <section key={title}>
          <h3>{title}</h3>
          <ul>
            {sentences.map((sentence) => (
              <li key={sentence} className={known && !known.has(sentence) ? "chg" : undefined}>
                <Icon of={ICONS[kind]} className="t3" />
                <span className="tw">
                  <Visible text={sentence} />
                </span>
              </li>
            ))}
          </ul>
        </section>
      ))}
    </div>
  );
}
