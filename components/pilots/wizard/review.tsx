"use client";

import { CircleAlert, CircleCheck } from "lucide-react";
import type { Difference } from "#lib/charters/schema.ts";
import type { FieldErrors } from "#lib/errors.ts";
import { Button } from "../../ui/button.tsx";
import { Icon } from "../../ui/icon.tsx";
import { Differences } from "../differences.tsx";
import { fieldName } from "../field-names.ts";
import { problemsOf, STEPS } from "./steps.ts";
import type { Walk } from "./use-step.ts";

export interface ReviewProps {
  readonly problems: FieldErrors;
  readonly walk: Walk;
  /** What is other than in the charter it began from; null for a new pilot, or while it is no charter. */
  readonly changes: readonly Difference[] | null;
}

/** The last look: what is still wrong, by step and with the way there. */
export function Review({ problems, walk, changes }: ReviewProps) {
  const asked = STEPS.filter(({ key }) => key !== "review");
  return (
    <section className="wz-sec" id="part-review" aria-labelledby="part-review-title">
      <div>
        <h2 className="h2" id="part-review-title" tabIndex={-1}>
          Review
        </h2>
        <p className="hint">
          What the charter will do stands beside this. Nothing is written before you say so, and nothing runs
          before another lead agrees.
        </p>
      </div>
      <ul className="wz-review">
        {asked.map(({ key, title }) => {
          const wrong = Object.entries(problemsOf(problems, key));
          return (
            <li key={key}>
              <Icon
                of={wrong.length > 0 ? CircleAlert : CircleCheck}
                className={wrong.length > 0 ? "bad" : "good"}
              />
              <span className="grow">
                <span className="med block">{title}</span>
                {wrong.length === 0 ? <span className="t3 sm">nothing is wrong</span> : null}
                {wrong.map(([field, sentences]) => (
                  <span key={field} className="bad sm block">
                    <span className="med">{fieldName(field)}:</span> {sentences.join(" ")}
                  </span>
                ))}
              </span>
              <Button size="sm" tone="quiet" onClick={() => walk.go(key)}>
                Change<span className="vh"> {title}</span>
              </Button>
            </li>
          );
        })}
      </ul>
      {changes?.length === 0 ? (
        <p className="t2 sm">Nothing is other than in the version it began from.</p>
      ) : null}
      {changes && changes.length > 0 ? <Differences changes={changes} /> : null}
    </section>
  );
}
