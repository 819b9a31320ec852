"use client";

import { Plus } from "lucide-react";
import { SelectField, TextField } from "../form/field.tsx";
import { FormAnswer } from "../form/form-answer.tsx";
import type { FormAction } from "../form/state.ts";
import { useForm } from "../form/use-form.ts";
import { PageHead } from "../list/page-head.tsx";
import { Button } from "../ui/button.tsx";

export interface AddRepositoryProps {
  /** Folders the operator opened; none means addresses only. */
  readonly roots: readonly string[];
  /** Reads `name`, `source` and `branch`; leads to the list. */
  readonly action: FormAction;
}

export function AddRepositoryForm({ roots, action }: AddRepositoryProps) {
  const form = useForm(action);
  const fields = form.state.fields;
  return (
    <div className="page narrow">
      <PageHead
        title="Add a repository"
        text="The worker fetches it within a few seconds and says what it found."
      />
      <form {...form.props} className="panel grid gap-4 p-5">
        <TextField
          name="source"
          label="Source"
          mono
          placeholder="https://git.example.com/team/service.git"
          hint={
            roots.length > 0
              ? `An https or ssh address without a password in it, or an absolute path below ${roots.join(" or ")}.`
              : "An https or ssh address without a password in it. Folders on disk are closed: the operator opens a root for them."
          }
          autoComplete="off"
          autoFocus
          errors={fields}
        />
        <div className="grid grid-cols-2 gap-3 max-sm:grid-cols-1">
          <TextField
            name="name"
            label="Name"
            placeholder="billing-api"
            hint="How people here call it."
            autoComplete="off"
            errors={fields}
          />
          <TextField
            name="branch"
            label="Branch"
            mono
            placeholder="default branch"
            hint="Left empty: the source's default."
            autoComplete="off"
            errors={fields}
          />
        </div>
        <SelectField
          name="authority"
          label="Approved merges move"
          defaultValue="upstream"
          options={[
            { value: "upstream", title: "the branch of the source itself" },
            { value: "own", title: "a branch kept here, which you fetch from" },
          ]}
          hint="The branch of an https source is moved with the credential the operator keeps for its host, one of ssh with the key you set for it next; without one, keep a branch here."
          errors={fields}
        />
        <FormAnswer state={form.state} />
        <div className="row justify-end acts">
          <Button type="submit" size="lg" tone="ink" icon={Plus} pending={form.pending && "Adding"}>
            Add it
          </Button>
        </div>
      </form>
    </div>
  );
}
