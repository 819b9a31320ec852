"use client";

import { Siren } from "lucide-react";
import { MOST_DRILL_RUNS } from "#lib/drills/schema.ts";
import { DialogForm, OpensDialog, useClosingForm } from "../form/dialog-form.tsx";
import { SelectField, TextField } from "../form/field.tsx";
import type { FormAction } from "../form/state.ts";

interface StartDrillProps {
  readonly pilots: readonly { readonly id: string; readonly name: string }[];
  readonly action: FormAction;
}

export function StartDrill({ pilots, action }: StartDrillProps) {
  return (
    <OpensDialog
      button={{ icon: Siren, size: "sm", children: "Practise" }}
      title="Practise the emergency stop"
      text="Free runners get runs that only send bytes to us. When all work they are stopped together, as an emergency stop does it, and it is measured how long that takes. Other runs go on."
    >
      {(onClose) => <StartDrillForm pilots={pilots} action={action} onClose={onClose} />}
    </OpensDialog>
  );
}

function StartDrillForm({ pilots, action, onClose }: StartDrillProps & { readonly onClose: () => void }) {
  const form = useClosingForm(action, onClose);
  return (
    <DialogForm form={form} onClose={onClose} submit={["Start the drill", "Starting"]}>
      <SelectField
        errors={form.state.fields}
        name="pilotId"
        label="Pilot"
        options={pilots.map(({ id, name }) => ({ value: id, title: name }))}
      />
      <TextField
        errors={form.state.fields}
        name="runs"
        label="Runs"
        hint={`At most ${MOST_DRILL_RUNS}; no more than runners are free.`}
        defaultValue="2"
        inputMode="numeric"
      />
    </DialogForm>
  );
}
