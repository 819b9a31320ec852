import { Ban, Check, FlaskConical, Hand, type LucideIcon, OctagonX } from "lucide-react";
import { Icon } from "../ui/icon.tsx";
import { Visible } from "../ui/visible.tsx";
import type { PolicyPart } from "./charter-words.ts";

const ICONS: Record<PolicyPart["kind"], LucideIcon> = {
  may: Check,
  asks: Hand,
  never: Ban,
  merge: FlaskConical,
  stops: OctagonX,
};

/** A charter as sentences. */
export function Policy({ parts }: { parts: readonly PolicyPart[] }) {
  return (
    <div className="pol">
      {parts.map(({ title, kind, sentences }) => (
        <section key={title}>
          <h3>{title}</h3>
          <ul>
            {sentences.map((sentence) => (
              <li key={sentence}>
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
