"use client";

import { Check, CircleAlert } from "lucide-react";
import type { MouseEvent } from "react";
import type { FieldErrors } from "#lib/errors.ts";
import { Icon } from "../../ui/icon.tsx";
import { STEPS, type StepKey, stepView } from "./steps.ts";
import type { Walk } from "./use-step.ts";

export interface StepListProps {
  readonly title: string;
  readonly walk: Walk;
  /** Problems that were told. */
  readonly told: FieldErrors;
  readonly all: FieldErrors;
}

const isPlain = (event: MouseEvent) =>
  event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;

/** Where the person is, what is done and what has a problem; each is a place one can go. */
export function StepList({ title, walk, told, all }: StepListProps) {
  const { step, seen, go, hrefOf } = walk;
  const at = STEPS.findIndex(({ key }) => key === step);
  function follow(event: MouseEvent, to: StepKey) {
    if (!isPlain(event)) return;
    event.preventDefault();
    go(to);
  }
  return (
    <nav className="steps" aria-label="Steps of the charter">
      <div>
        <p className="h2 steps-of">{title}</p>
        <ol>
          {STEPS.map(({ key, title: name }, index) => {
            const { state, fact } = stepView(key, { told, all }, seen);
            return (
              <li key={key} className="stp-li">
                <a
                  href={hrefOf(key)}
                  className={`stp ${state}`}
                  data-state={state}
                  aria-current={key === step ? "step" : undefined}
                  onClick={(event) => follow(event, key)}
                >
                  <span className="stp-n num" aria-hidden="true">
                    {state === "done" && key !== step && key !== "review" ? (
                      <Icon of={Check} size={12} />
                    ) : null}
                    {state === "wrong" && key !== step ? <Icon of={CircleAlert} size={12} /> : null}
                    {state === "unseen" || key === step || key === "review" ? index + 1 : null}
                  </span>
                  <span className="stp-t">
                    {name}
                    {fact ? (
                      <span className={`xs block ${state === "wrong" ? "bad" : "t3"}`}>{fact}</span>
                    ) : null}
                  </span>
                </a>
              </li>
            );
          })}
        </ol>
        <p className="steps-at t2 sm" aria-hidden="true">
          Step {at + 1} of {STEPS.length}: <span className="med">{STEPS[at]?.title}</span>
        </p>
      </div>
    </nav>
  );
}
