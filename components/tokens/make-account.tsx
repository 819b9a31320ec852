"use client";

import { Bot } from "lucide-react";
import { DialogForm, OpensDialog } from "../form/dialog-form.tsx";
import { type Option, SelectField, TextField } from "../form/field.tsx";
import type { FormAction } from "../form/state.ts";
import { useForm } from "../form/use-form.ts";

export interface MakeAccountProps {
  /** Reads `name` and `ownerId`. */
  readonly action: FormAction;
  /** Reads `accountId` and `ownerId`. */
  readonly give: FormAction;
  readonly people: readonly Option[];
}

export function MakeAccount(props: MakeAccountProps) {
  return (
    <OpensDialog
      button={{ icon: Bot, children: "Make a service account…" }}
      title="Make a service account"
      text="Programs act as it by tokens. Nobody signs in as it, and it decides at no gate."
    >
      {(onClose) => <AccountForm {...props} onClose={onClose} />}
    </OpensDialog>
  );
}

function AccountForm({ action, people, onClose }: MakeAccountProps & { onClose: () => void }) {
  const form = useForm(action);
  const { fields } = form.state;
  return (
    <DialogForm {...{ form, onClose }} submit={["Make it", "Making it"]}>
      <TextField
        name="name"
        label="Name"
        hint="what it is, such as Release pipeline"
        maxLength={100}
        errors={fields}
      />
      <SelectField name="ownerId" label="Answers for it" options={people} errors={fields} />
    </DialogForm>
  );
}
