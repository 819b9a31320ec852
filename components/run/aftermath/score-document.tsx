"use client";

import type { ScoreView } from "#lib/documents/schema.ts";
import { SelectField } from "../../form/field.tsx";
import { FormAnswer } from "../../form/form-answer.tsx";
import type { FormAction } from "../../form/state.ts";
import { useForm } from "../../form/use-form.ts";
import { plural } from "../../format.ts";
import { Button } from "../../ui/button.tsx";
import { Panel } from "../../ui/panel.tsx";

export interface ScoreDocumentProps {
  readonly runId: string;
  readonly score: ScoreView;
  readonly save: FormAction;
}

const MARKS = [5, 4, 3, 2, 1].map((mark) => ({
  value: String(mark),
  title: mark === 5 ? "5, as it should be" : mark === 1 ? "1, of no use" : String(mark),
}));

const ASKED = [
  { name: "accuracy", label: "Accuracy", hint: "Is what it says so?" },
  { name: "completeness", label: "Completeness", hint: "Is everything in it that has to be?" },
  { name: "clarity", label: "Clarity", hint: "Is it understood at the first reading?" },
] as const;

/** What reviewers make of a document, once it is approved. */
export function ScoreDocument({ runId, score, save }: ScoreDocumentProps) {
  const { isDue, isGiven, scores, mean } = score;
  if (!isDue && scores === 0) return null;
  return (
    <Panel
      title="The document"
      fact={mean === null ? "not scored" : `${mean.toFixed(1)} of 5`}
      className="mt-4"
    >
      <div className="grid gap-3.5 p-4">
        {scores > 0 ? (
          <p className="t2 sm">
            {plural(scores, "reviewer")} scored it{isGiven ? ", you among them" : ""}.
          </p>
        ) : null}
        {isDue ? <ScoreForm runId={runId} save={save} /> : null}
      </div>
    </Panel>
  );
}

function ScoreForm({ runId, save }: Pick<ScoreDocumentProps, "runId" | "save">) {
  const form = useForm(save);
  return (
    <form {...form.props} className="grid gap-3.5">
      <input type="hidden" name="runId" value={runId} />
      {ASKED.map((asked) => (
        <SelectField key={asked.name} {...asked} errors={form.state.fields} options={MARKS} />
      ))}
      <FormAnswer state={form.state} />
      <div className="row justify-end acts">
        <Button type="submit" size="lg" tone="ink" pending={form.pending && "Saving"}>
          Score it
        </Button>
      </div>
    </form>
  );
}
