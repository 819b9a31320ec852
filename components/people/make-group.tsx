"use client";

import { Plus } from "lucide-react";
import { CheckField } from "../form/choice.tsx";
import { DialogForm, OpensDialog } from "../form/dialog-form.tsx";
import { TextField } from "../form/field.tsx";
import type { FormAction } from "../form/state.ts";
import { useForm } from "../form/use-form.ts";

/** Reads `name`, `description` and `fromSso`. */
export function MakeGroup({ action }: { action: FormAction }) {
  return (
    <OpensDialog
      button={{ tone: "ink", icon: Plus, children: "Make a group…" }}
      title="Make a group"
      text="What is given to a group is given to whoever is in it, as long as they are."
    >
      {(onClose) => <NameForm action={action} onClose={onClose} />}
    </OpensDialog>
  );
}

function NameForm({ action, onClose }: { action: FormAction; onClose: () => void }) {
  const form = useForm(action, onClose);
  const { fields } = form.state;
  return (
    <DialogForm {...{ form, onClose }} submit={["Make it", "Making it"]}>
      <TextField name="name" label="Name" errors={fields} maxLength={100} autoComplete="off" />
      <TextField name="description" label="What for" errors={fields} maxLength={300} autoComplete="off" />
      <CheckField
        name="fromSso"
        label="Filled by single sign-on"
        hint="Whom the identity provider names in a group of this name is put in when they sign in, and taken out when it no longer does."
      />
    </DialogForm>
  );
}
