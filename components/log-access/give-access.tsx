"use client";

import { KeyRound } from "lucide-react";
import { CheckField } from "../form/choice.tsx";
import { DialogForm, OpensDialog } from "../form/dialog-form.tsx";
import { type Option, SelectField, TextField } from "../form/field.tsx";
import type { FormAction } from "../form/state.ts";
import { useForm } from "../form/use-form.ts";

export interface GiveAccessProps {
  /** Reads `label`, `pilotId`, `payloads` and `days`; answers with the token in `done`, shown this once. */
  readonly action: FormAction;
  /** What may be given; the empty value is everything. */
  readonly pilots: readonly Option[];
  /** Whether the person may give payloads. */
  readonly mayGivePayloads: boolean;
}

export function GiveAccess(props: GiveAccessProps) {
  return (
    <OpensDialog
      button={{ icon: KeyRound, children: "Give access…" }}
      title="Give access to the log"
      text="Makes a bearer token for somebody without an account. It is shown here and never again; only its hash is kept."
    >
      {(onClose) => <GiveForm {...props} onClose={onClose} />}
    </OpensDialog>
  );
}

function GiveForm({ action, pilots, mayGivePayloads, onClose }: GiveAccessProps & { onClose: () => void }) {
  const form = useForm(action);
  const { fields } = form.state;
  return (
    <DialogForm {...{ form, onClose }} submit={["Make a token", "Making it"]}>
      <TextField name="label" label="For whom" errors={fields} maxLength={100} autoComplete="off" />
      <SelectField name="pilotId" label="Opens" options={pilots} errors={fields} />
      <TextField
        name="days"
        label="Ends after"
        unit="days"
        inputMode="numeric"
        defaultValue="14"
        hint="90 at most"
        errors={fields}
      />
      <CheckField
        name="payloads"
        label="With payloads"
        hint="prompts, outputs and diffs as they came, secrets not masked"
        disabled={!mayGivePayloads}
      />
    </DialogForm>
  );
}
