"use client";

import { History } from "lucide-react";
import { DialogForm, OpensDialog, useClosingForm } from "../form/dialog-form.tsx";
import { SelectField, TextField } from "../form/field.tsx";
import type { FormAction } from "../form/state.ts";

export interface AskHistoryProps {
  /** Those that are connected to GitHub. */
  readonly repositories: readonly { readonly id: string; readonly name: string }[];
  /** Reads `repositoryId`, `kinds`, `from` and `to`. */
  readonly action: FormAction;
}

export function AskHistory(props: AskHistoryProps) {
  return (
    <OpensDialog
      button={{
        icon: History,
        blocked: props.repositories.length === 0 && "Connect a repository to GitHub first",
        children: "Ask GitHub…",
      }}
      title="Ask GitHub what happened"
      text="The worker reads page by page, waits where GitHub wants to be asked less often, and goes on where it was."
    >
      {(onClose) => <AskForm {...props} onClose={onClose} />}
    </OpensDialog>
  );
}

function AskForm({ repositories, action, onClose }: AskHistoryProps & { readonly onClose: () => void }) {
  const form = useClosingForm(action, onClose);
  const { fields } = form.state;
  return (
    <DialogForm {...{ form, onClose }} submit={["Ask for it", "Asking"]}>
      <SelectField
        name="repositoryId"
        label="Repository"
        errors={fields}
        options={repositories.map(({ id, name }) => ({ value: id, title: name }))}
      />
      <SelectField
        name="kinds"
        label="What"
        errors={fields}
        options={[
          { value: "all", title: "Deployments, pull requests and workflow runs" },
          { value: "deployment", title: "Deployments" },
          { value: "outside_change", title: "Pull requests by people" },
          { value: "outside_ci_run", title: "Workflow runs on the default branch" },
        ]}
      />
      <TextField name="from" label="From" type="date" errors={fields} />
      <TextField
        name="to"
        label="To"
        type="date"
        hint="days in UTC; the last one is part of it"
        errors={fields}
      />
    </DialogForm>
  );
}
