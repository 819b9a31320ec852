"use client";

import { Plus } from "lucide-react";
import { CheckField } from "../form/choice.tsx";
import { DialogForm, OpensDialog } from "../form/dialog-form.tsx";
import type { FormAction } from "../form/state.ts";
import { useForm } from "../form/use-form.ts";

export interface EnrolProps {
  /** Reads `phases` (`agent`, `verify`); answers with the token in `done`, which is shown this once. */
  readonly action: FormAction;
}

export function Enrol({ action }: EnrolProps) {
  return (
    <OpensDialog
      button={{ tone: "ink", icon: Plus, children: "Add a runner…" }}
      title="Add a runner"
      text="Makes a token that registers one runner, once. It is shown here and never again; only its hash is kept."
    >
      {(onClose) => <EnrolForm action={action} onClose={onClose} />}
    </OpensDialog>
  );
}

function EnrolForm({ action, onClose }: EnrolProps & { onClose: () => void }) {
  const form = useForm(action);
  return (
    <DialogForm {...{ form, onClose }} submit={["Make a token", "Making it"]}>
      <CheckField
        name="phases[]"
        value="agent"
        label="Agent work"
        hint="runs agents on a base commit"
        defaultChecked
      />
      <CheckField
        name="phases[]"
        value="verify"
        label="Verification"
        hint="runs tests on patches; best on another host"
        defaultChecked
      />
    </DialogForm>
  );
}
