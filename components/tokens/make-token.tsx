"use client";

import { Plus } from "lucide-react";
import { CARRIED, CARRIED_WORDS, MAX_TOKEN_DAYS } from "#lib/api-tokens/schema.ts";
import type { FieldErrors } from "#lib/errors.ts";
import { CheckField } from "../form/choice.tsx";
import { DialogForm, OpensDialog } from "../form/dialog-form.tsx";
import { type Option, SelectField, TextField } from "../form/field.tsx";
import { errorsOf, type FormAction } from "../form/state.ts";
import { useForm } from "../form/use-form.ts";
import { Wrong } from "../form/wrong.tsx";

export interface MakeTokenProps {
  /** Reads `label`, `accountId`, `permissions[]`, `pilotId` and `days`; answers with the token in `done`, shown this once. */
  readonly action: FormAction;
  /** Whom it may act for; the empty value is the person. */
  readonly owners: readonly Option[];
  /** The empty value is every pilot its owner may see. */
  readonly pilots: readonly Option[];
}

export function MakeToken(props: MakeTokenProps) {
  return (
    <OpensDialog
      button={{ tone: "ink", icon: Plus, children: "Make a token…" }}
      title="Make an API token"
      text="It is shown here and never again; only its hash is kept."
    >
      {(onClose) => <TokenForm {...props} onClose={onClose} />}
    </OpensDialog>
  );
}

function TokenForm({ action, owners, pilots, onClose }: MakeTokenProps & { onClose: () => void }) {
  const form = useForm(action);
  const { fields } = form.state;
  return (
    <DialogForm {...{ form, onClose }} submit={["Make it", "Making it"]}>
      <TextField name="label" label="What for" errors={fields} maxLength={100} autoComplete="off" />
      <SelectField name="accountId" label="Acts for" options={owners} errors={fields} />
      <Permissions fields={fields} />
      <div className="grid gap-3.5 sm:grid-cols-2">
        <SelectField name="pilotId" label="Where" options={pilots} errors={fields} />
        <TextField
          name="days"
          label="Ends after"
          unit="days"
          inputMode="numeric"
          defaultValue="90"
          hint={`${MAX_TOKEN_DAYS} at most`}
          errors={fields}
        />
      </div>
    </DialogForm>
  );
}

function Permissions({ fields }: { fields: FieldErrors | undefined }) {
  return (
    <fieldset className="grid gap-1.5">
      <legend className="label">May</legend>
      {CARRIED.map((permission) => (
        <CheckField
          key={permission}
          name="permissions[]"
          value={permission}
          label={CARRIED_WORDS[permission]}
          hint={permission}
        />
      ))}
      <Wrong sentences={errorsOf(fields, "permissions")} />
    </fieldset>
  );
}
