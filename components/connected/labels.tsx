"use client";

import { Tag } from "lucide-react";
import { FormAnswer } from "../form/form-answer.tsx";
import type { FormAction } from "../form/state.ts";
import { errorsOf } from "../form/state.ts";
import { useForm } from "../form/use-form.ts";
import { Wrong } from "../form/wrong.tsx";
import { Button } from "../ui/button.tsx";
import { Icon } from "../ui/icon.tsx";

export interface LabelsProps {
  readonly repositoryId: string;
  readonly name: string;
  readonly labels: readonly string[];
  /** Reads `repositoryId` and `labels`; null for a person who may not. */
  readonly save: FormAction | null;
}

/** By which charters name a repository, or stay out of it. */
export function Labels({ repositoryId, name, labels, save }: LabelsProps) {
  return (
    <div className="grid gap-1.5 pb-2">
      <Shown labels={labels} />
      {save ? (
        <details>
          <summary className="t2 sm">
            {labels.length === 0 ? "Label it" : "Change its labels"}
            <span className="vh">: {name}</span>
          </summary>
          <Edit key={labels.join()} {...{ repositoryId, name, labels, save }} />
        </details>
      ) : null}
    </div>
  );
}

function Shown({ labels }: Pick<LabelsProps, "labels">) {
  if (labels.length === 0) return null;
  return (
    <ul className="row flex-wrap gap-1.5">
      {labels.map((label) => (
        <li key={label} className="badge wait max-w-full">
          <Icon of={Tag} size={12} />
          <span className="trunc">{label}</span>
        </li>
      ))}
    </ul>
  );
}

function Edit({ repositoryId, name, labels, save }: LabelsProps & { save: FormAction }) {
  const form = useForm(save);
  const wrong = errorsOf(form.state.fields, "labels");
  return (
    <form {...form.props} className="grid gap-1.5 mt-1">
      <input type="hidden" name="repositoryId" value={repositoryId} />
      <div className="row">
        <input
          name="labels"
          className="input mono grow"
          aria-label={`Labels of ${name}`}
          aria-invalid={wrong.length > 0 ? true : undefined}
          defaultValue={labels.join(" ")}
          placeholder="pci team-a"
          autoComplete="off"
          spellCheck={false}
        />
        <Button type="submit" size="sm" pending={form.pending && "Saving"}>
          Save
        </Button>
      </div>
      {wrong.length > 0 ? <Wrong sentences={wrong} /> : <FormAnswer state={form.state} />}
    </form>
  );
}
