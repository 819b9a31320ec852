"use client";

import { ChevronDown, ChevronUp } from "lucide-react";
import { useState } from "react";
import type { FieldErrors } from "#lib/errors.ts";
import type { Expected } from "#lib/kpis/power.ts";
import type { Charter } from "#lib/pilots/schema.ts";
import { Button } from "../../ui/button.tsx";
import { Note } from "../../ui/note.tsx";
import { SCROLLS } from "../../ui/scrolls.ts";
import { type PolicyPart, policyOf } from "../charter-words.ts";
import { fieldName } from "../field-names.ts";
import { Policy } from "../policy.tsx";
import { foreignLabels, type Present, shortMetrics, warningsOf } from "./warnings.ts";

export interface PreviewProps {
  /** Null where it is no charter yet; then `problems` say why. */
  readonly charter: Charter | null;
  readonly problems: FieldErrors;
  /** What the writing began from. */
  readonly before: Charter | null;
  readonly repositoryName: (id: string) => string;
  /** Of roles made here, by their ids. */
  readonly roleNames: Readonly<Record<string, string>>;
  readonly present: Present;
  readonly expected: Expected;
  /** Of a repository. */
  readonly labelsOf: (id: string) => readonly string[];
}

const sentencesOf = (parts: readonly PolicyPart[]) => new Set(parts.flatMap(({ sentences }) => sentences));

/** What the charter will do, while it is typed. Beside the form; on a small screen below it, folded. */
export function Preview(props: PreviewProps) {
  const [isOpen, setOpen] = useState(false);
  return (
    <aside className="pv" aria-label="What this charter will do">
      <div {...SCROLLS}>
        <div className="row">
          <h2 className="h2 grow">What this charter will do</h2>
          <Button
            size="sm"
            className="pv-fold"
            icon={isOpen ? ChevronUp : ChevronDown}
            aria-expanded={isOpen}
            aria-controls="pv-words"
            onClick={() => setOpen(!isOpen)}
          >
            {isOpen ? "Fold" : "Show"}
          </Button>
        </div>
        <div id="pv-words" className="pv-words" data-open={isOpen} aria-live="polite">
          <Words {...props} />
        </div>
      </div>
    </aside>
  );
}

const SHOWN = 6;

function Words(props: PreviewProps) {
  const { charter, problems, before, repositoryName, roleNames, present, expected, labelsOf } = props;
  if (!charter) {
    const told = Object.entries(problems);
    return (
      <Note tone="need">
        As it stands this is no charter yet.
        <ul className="doubts mt-1">
          {told.slice(0, SHOWN).map(([field, sentences]) => (
            <li key={field}>
              <span className="med">{fieldName(field)}:</span> {sentences.join(" ")}
            </li>
          ))}
          {told.length > SHOWN ? <li>and {told.length - SHOWN} more</li> : null}
        </ul>
      </Note>
    );
  }
  const policy = (one: Charter) => policyOf(one, repositoryName(one.scope.repositoryId), roleNames);
  const parts = policy(charter);
  const known = sentencesOf(before ? policy(before) : parts);
  const warnings = [
    ...warningsOf(charter, present),
    ...shortMetrics(charter, expected),
    ...foreignLabels(charter, labelsOf(charter.scope.repositoryId)),
  ];
  return (
    <>
      {warnings.length > 0 ? (
        <Note tone={warnings.some(({ isEvery }) => isEvery) ? "bad" : "need"}>
          <ul className="grid gap-1.5">
            {warnings.map(({ field, sentence }) => (
              <li key={field}>
                <span className="med">{fieldName(field)}:</span> {sentence}
              </li>
            ))}
          </ul>
        </Note>
      ) : null}
      <Policy parts={parts} known={known} />
      <p className="t3 xs">
        Marked is what is other than it began. A draft has no digest before it is written, and binds nobody
        before it is activated.
      </p>
    </>
  );
}
