"use client";

import { KeyRound } from "lucide-react";
import { useState } from "react";
import { CheckField } from "../form/choice.tsx";
import { type Option, SelectField, TextField } from "../form/field.tsx";
import { FormAnswer } from "../form/form-answer.tsx";
import type { FormAction } from "../form/state.ts";
import { useForm } from "../form/use-form.ts";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";

export interface GiveAccessProps {
  /** Reads `label`, `pilotId`, `payloads` and `days`; answers with the token in `done`, shown this once. */
  readonly action: FormAction;
  /** What may be given; the empty value is everything. */
  readonly pilots: readonly Option[];
  /** Whether the person may give payloads. */
  readonly mayGivePayloads: boolean;
}

export function GiveAccess(props: GiveAccessProps) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button icon={KeyRound} onClick={() => setOpen(true)}>
        Give access…
      </Button>
      <Dialog
        open={open}
        onClose={() => setOpen(false)}
        title="Give access to the log"
        text="Makes a bearer token for somebody without an account. It is shown here and never again; only its hash is kept."
      >
        <GiveForm {...props} onClose={() => setOpen(false)} />
      </Dialog>
    </>
  );
}

function GiveForm({ action, pilots, mayGivePayloads, onClose }: GiveAccessProps & { onClose: () => void }) {
  const form = useForm(action);
  const { fields } = form.state;
  return (
    <form {...form.props} className="grid gap-3.5">
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
      <FormAnswer state={form.state} />
      <div className="row justify-end acts">
        <Button size="lg" onClick={onClose}>
          Close
        </Button>
        {form.state.done ? null : (
          <Button type="submit" size="lg" tone="ink" pending={form.pending && "Making it"}>
            Make a token
          </Button>
        )}
      </div>
    </form>
  );
}
