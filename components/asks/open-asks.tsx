"use client";

import { ChevronDown, ChevronUp, Hand } from "lucide-react";
import { useState } from "react";
import type { FormAction } from "../form/state.ts";
import { plural } from "../format.ts";
import { Button } from "../ui/button.tsx";
import { Icon } from "../ui/icon.tsx";
import { Visible } from "../ui/visible.tsx";
import { AskCard } from "./ask-card.tsx";
import { askAnchor, type ShownAsk } from "./ask-view.ts";
import { subjectWords } from "./asked-text.ts";
import { Countdown } from "./countdown.tsx";

interface OpenAsksProps {
  readonly asks: readonly ShownAsk[];
  readonly decide: FormAction;
}

/** What waits for a decision stays in sight above the timeline, however long that is; it can be folded to one line each. */
export function OpenAsks({ asks, decide }: OpenAsksProps) {
  const [folded, setFolded] = useState(false);
  if (asks.length === 0) return null;
  return (
    <section className="asks" aria-label={`${plural(asks.length, "ask")} open`} data-folded={folded}>
      {asks.map((ask, index) => (
        <article key={askAnchor(ask)} id={askAnchor(ask)} className="askc" tabIndex={-1}>
          <div className="row">
            <Icon of={Hand} className="need" />
            <h2 className={`h2 grow ${folded ? "trunc" : ""}`}>
              Asks to {subjectWords(ask.what)}
              {folded ? (
                <span className="mono t2 sm">
                  {" "}
                  <Visible text={ask.title} />
                </span>
              ) : null}
            </h2>
            {ask.parked ? null : (
              <span className="sm need">
                <Countdown until={ask.until} />
              </span>
            )}
            {index === 0 ? (
              <Button
                size="sm"
                tone="quiet"
                square
                icon={folded ? ChevronDown : ChevronUp}
                aria-label={folded ? "Show what is asked" : "Fold what is asked"}
                aria-expanded={!folded}
                onClick={() => setFolded(!folded)}
              />
            ) : null}
          </div>
          {/* Hidden and not gone: a reason that is being written is still there. */}
          <div hidden={folded}>
            <AskCard ask={ask} decide={decide} />
          </div>
        </article>
      ))}
    </section>
  );
}
