"use client";

import { Search } from "lucide-react";
import { unstable_rethrow } from "next/navigation";
import { type FormEvent, startTransition, useActionState } from "react";
import type { FieldErrors } from "#lib/errors.ts";
import { TEXT_FIELDS } from "#lib/log/schema.ts";
import type { SearchPage as Found, SearchResult } from "#lib/log-search/schema.ts";
import { SelectField, TextField } from "../form/field.tsx";
import { FormAnswer } from "../form/form-answer.tsx";
import type { FormState } from "../form/state.ts";
import { plural } from "../format.ts";
import { PageHead } from "../list/page-head.tsx";
import { Button } from "../ui/button.tsx";
import { Empty } from "../ui/empty.tsx";
import { Panel } from "../ui/panel.tsx";
import { SearchHit } from "./search-hit.tsx";

type Answer =
  | { readonly ok: true; readonly value: Found }
  | {
      readonly ok: false;
      readonly error: string;
      readonly fields?: FieldErrors | undefined;
      readonly requestId?: string;
    };

export interface SearchPageProps {
  readonly search: (form: FormData) => Promise<Answer>;
  readonly pilots: readonly { readonly id: string; readonly name: string }[];
  /** Set beforehand, when one comes from a run. */
  readonly runId: string;
}

interface State extends FormState {
  /** Null before the first search. */
  readonly results: readonly SearchResult[] | null;
  readonly next: string | null;
}

const LOST = "The answer did not arrive. The search may stand in the log all the same.";

const TITLES: Record<(typeof TEXT_FIELDS)[number], string> = {
  command: "Commands",
  path: "Paths",
  host: "Hosts",
  prompt: "Prompts and notes",
  output: "Outputs",
};

async function answerTo(search: SearchPageProps["search"], form: FormData): Promise<Answer> {
  try {
    return await search(form);
  } catch (error) {
    unstable_rethrow(error);
    return { ok: false, error: LOST };
  }
}

/** Fields that were left empty are no conditions. */
function filled(form: FormData): FormData {
  const filledIn = new FormData();
  for (const [name, value] of form) if (typeof value === "string" && value !== "") filledIn.set(name, value);
  if (!filledIn.has("text")) filledIn.set("text", "");
  return filledIn;
}

export function SearchPage({ search, pilots, runId }: SearchPageProps) {
  const [state, dispatch, pending] = useActionState<State, FormData>(
    async (before, form) => {
      const answer = await answerTo(search, form);
      if (!answer.ok) return { ...before, error: answer.error, ...rest(answer) };
      const { results, next } = answer.value;
      return { results: form.has("after") ? [...(before.results ?? []), ...results] : results, next };
    },
    { results: null, next: null },
  );
  const send = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (pending) return;
    const submitter = (event.nativeEvent as SubmitEvent).submitter;
    const form = new FormData(event.currentTarget, submitter instanceof HTMLButtonElement ? submitter : null);
    startTransition(() => dispatch(filled(form)));
  };
  return (
    <div className="page">
      <PageHead
        title="Search the log"
        text="Commands, paths, hosts, prompts and outputs of runs. Every search is an entry of the log: who, when and how many results; what for stands there as a digest only. Secrets are masked."
      />
      <form onSubmit={send} method="post" noValidate className="stack">
        <Panel title="What to look for">
          <div className="pb search-form">
            <TextField
              name="text"
              label="Words"
              hint={
                'All of them have to be there. regis* is the beginning of a word, "git push" an exact phrase.'
              }
              errors={state.fields}
              autoComplete="off"
              autoFocus
              mono
            />
            <SelectField
              name="field"
              label="Where"
              options={[
                { value: "", title: "Everywhere" },
                ...TEXT_FIELDS.map((field) => ({ value: field, title: TITLES[field] })),
              ]}
            />
            <SelectField
              name="pilotId"
              label="Pilot"
              options={[
                { value: "", title: "Any pilot" },
                ...pilots.map(({ id, name }) => ({ value: id, title: name })),
              ]}
            />
            <TextField name="runId" label="Run" defaultValue={runId} placeholder="Any run" mono />
            <Button type="submit" tone="ink" icon={Search} pending={pending && "Searching"}>
              Search
            </Button>
          </div>
          {state.error && !state.fields?.text ? <FormAnswer state={state} /> : null}
        </Panel>
        <Results state={state} pending={pending} />
      </form>
    </div>
  );
}

const rest = ({ fields, requestId }: Extract<Answer, { ok: false }>) => ({
  ...(fields ? { fields } : {}),
  ...(requestId ? { requestId } : {}),
});

function Results({ state: { results, next }, pending }: { state: State; pending: boolean }) {
  if (results === null) return null;
  return (
    <Panel title="Results" fact={`${plural(results.length, "text")}${next ? " so far" : ""}`} busy={pending}>
      {results.length === 0 ? (
        <Empty
          icon={Search}
          title="Nothing has all of that"
          text="Leave a word out, or write only its beginning and a *. The newest second of the log may not be found yet."
        />
      ) : (
        <ol aria-label="Results">
          {results.map((result) => (
            <SearchHit
              key={`${result.runId} ${result.seq} ${result.field}`}
              result={result}
              title={TITLES[result.field]}
            />
          ))}
        </ol>
      )}
      {next ? (
        <div className="pager">
          <span className="grow" />
          <Button type="submit" size="sm" name="after" value={next} pending={pending && "Searching"}>
            Older
          </Button>
        </div>
      ) : null}
    </Panel>
  );
}
