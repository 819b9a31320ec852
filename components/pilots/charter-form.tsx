"use client";

import { FilePen } from "lucide-react";
import { Fragment, useState } from "react";
import type { FieldErrors } from "#lib/errors.ts";
import { type FormResult, type FormValues, parseCharterForm, valuesOf } from "#lib/pilots/form.ts";
import type { Charter } from "#lib/pilots/schema.ts";
import { FormAnswer } from "../form/form-answer.tsx";
import { type FormAction, problemsIn } from "../form/state.ts";
import { useForm } from "../form/use-form.ts";
import { plural } from "../format.ts";
import { Button, ButtonLink } from "../ui/button.tsx";
import { Note } from "../ui/note.tsx";
import { SCROLLS } from "../ui/scrolls.ts";
import { Controls, Environment } from "./charter-limits.tsx";
import { Goal, type PartProps, Scope } from "./charter-parts.tsx";
import { Kpis, Rollback } from "./charter-targets.tsx";
import { policyOf } from "./charter-words.ts";
import { Policy } from "./policy.tsx";
import { type Start, StartFrom } from "./start-from.tsx";

export interface CharterFormProps {
  /** The pilot a new version is for; null for a new pilot, whose name and time zone are asked too. */
  readonly pilot: { readonly id: string; readonly name: string; readonly nextVersion: number } | null;
  /** `charterValues(charter)`, for a new pilot with `name` and `timeZone`. */
  readonly values: FormValues;
  readonly repositories: readonly {
    readonly id: string;
    readonly name: string;
    readonly branch: string | null;
  }[];
  /** What a new charter may start from. */
  readonly templates?: readonly Start[];
  /** Reads the fields of `lib/pilots/form.ts` and `pilotId`; leads to the pilot. */
  readonly action: FormAction;
}

/** Fields of the pilot itself are asked in its first part. */
const problemsOf = (fields: FieldErrors | undefined, part: string): number =>
  problemsIn(fields, part) +
  (part === "goal" ? problemsIn(fields, "name") + problemsIn(fields, "timeZone") : 0);

const PARTS = [
  { key: "goal", title: "Goal" },
  { key: "scope", title: "Scope" },
  { key: "environment", title: "Environment" },
  { key: "controls", title: "Controls" },
  { key: "kpis", title: "KPIs" },
  { key: "rollback", title: "Rollback and exit" },
] as const;

/** All six parts on one page; what the charter will do stands beside it and follows every change. */
export function CharterForm({
  pilot,
  values: given,
  repositories,
  templates = [],
  action,
}: CharterFormProps) {
  const form = useForm(action);
  const [start, setStart] = useState({ values: given, count: 0 });
  const [typed, setTyped] = useState<FormValues>(given);
  const { values } = start;
  const fields = form.state.fields;
  const problems = Object.keys(fields ?? {}).length;
  const draft = parseCharterForm(typed);
  const part: PartProps = { values, errors: fields };
  function fill(more: FormValues) {
    const filled = { ...typed, ...more };
    setStart(({ count }) => ({ values: filled, count: count + 1 }));
    setTyped(filled);
  }
  return (
    <div className="wz">
      <nav className="steps" aria-label="Parts of the charter">
        <div>
          <p className="h2 px-2 pb-2.5">{pilot ? `${pilot.name}, v${pilot.nextVersion}` : "New pilot"}</p>
          <ol>
            {PARTS.map(({ key, title }, index) => (
              <li key={key}>
                <a href={`#part-${key}`} className={`stp ${problemsOf(fields, key) > 0 ? "wrong" : ""}`}>
                  <span className="stp-n num">{index + 1}</span>
                  <span>
                    {title}
                    {problemsOf(fields, key) > 0 ? (
                      <span className="bad xs block">{plural(problemsOf(fields, key), "problem")}</span>
                    ) : null}
                  </span>
                </a>
              </li>
            ))}
          </ol>
        </div>
      </nav>
      <form
        {...form.props}
        className="wz-form"
        onChange={(event) => setTyped(valuesOf(new FormData(event.currentTarget)))}
      >
        <div className="wz-in">
          <h1 className="h1">
            {pilot ? `Charter v${pilot.nextVersion} of ${pilot.name}` : "Write a charter"}
          </h1>
          <p className="t2 pb-4">
            What the pilot is for, what its agents may do alone, and when it stops. Every field has something
            that enforces it.
          </p>
          {templates.length > 0 ? <StartFrom templates={templates} use={fill} /> : null}
          {pilot ? <input type="hidden" name="pilotId" value={pilot.id} /> : null}
          <Fragment key={start.count}>
            <Goal {...part} withName={pilot === null} />
            <Scope {...part} repositories={repositories} />
            <Environment {...part} />
            <Controls {...part} />
            <Kpis {...part} />
            <Rollback {...part} />
          </Fragment>
          <FormAnswer state={form.state} />
        </div>
        <div className="dbar">
          <span className="t3 sm grow">
            Each version is immutable. A new one takes effect when another lead agrees.
          </span>
          {problems > 0 ? (
            <span className="bad sm med">{plural(problems, "problem")} on this page</span>
          ) : null}
          <ButtonLink size="lg" href={pilot ? `/pilots/${pilot.id}` : "/pilots"}>
            Back
          </ButtonLink>
          <Button type="submit" size="lg" tone="ink" icon={FilePen} pending={form.pending && "Writing it"}>
            {pilot ? "Write the version" : "Write the charter"}
          </Button>
        </div>
      </form>
      <aside className="pv" aria-label="What this charter will do">
        <div aria-live="polite" {...SCROLLS}>
          <h2 className="h2">What this charter will do</h2>
          <Preview draft={draft} repositories={repositories} />
        </div>
      </aside>
    </div>
  );
}

const SHOWN = 4;

function Preview({
  draft,
  repositories,
}: {
  draft: FormResult<Charter>;
  repositories: CharterFormProps["repositories"];
}) {
  if (!draft.ok) {
    const sentences = [...new Set(Object.values(draft.fields).flat())];
    return (
      <Note tone="need">
        As it stands this is no charter yet.
        <ul className="doubts mt-1">
          {sentences.slice(0, SHOWN).map((sentence) => (
            <li key={sentence}>{sentence}</li>
          ))}
        </ul>
      </Note>
    );
  }
  const name = repositories.find(({ id }) => id === draft.value.scope.repositoryId)?.name ?? "the repository";
  return (
    <>
      <Policy parts={policyOf(draft.value, name)} />
      <p className="t3 xs">
        Draft: it has no digest before it is written, and binds nobody before it is activated.
      </p>
    </>
  );
}
