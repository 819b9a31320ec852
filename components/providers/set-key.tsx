"use client";

import { KeyRound } from "lucide-react";
import { DialogForm, OpensDialog, useClosingForm } from "../form/dialog-form.tsx";
import { TextField } from "../form/field.tsx";
import type { FormAction } from "../form/state.ts";

export interface SetKeyProps {
  readonly providerId: string;
  readonly isFirst: boolean;
  /** Reads `providerId` and `key`. */
  readonly action: FormAction;
}

export function SetKey(props: SetKeyProps) {
  return (
    <OpensDialog
      button={{
        tone: props.isFirst ? "ink" : "plain",
        icon: KeyRound,
        children: props.isFirst ? "Set a key…" : "Set a new key…",
      }}
      title={props.isFirst ? "Set a key" : "Set a new key"}
      text="It is sealed to the gateway before it is stored. Pages show its last four characters, and nobody can read it back. Older keys work until you retire them."
    >
      {(onClose) => <KeyForm {...props} onClose={onClose} />}
    </OpensDialog>
  );
}

function KeyForm({ providerId, action, onClose }: SetKeyProps & { onClose: () => void }) {
  const form = useClosingForm(action, onClose);
  return (
    <DialogForm {...{ form, onClose }} submit={["Seal and keep it", "Sealing it"]} hidden={{ providerId }}>
      <TextField
        name="key"
        label="Key"
        type="password"
        mono
        autoComplete="off"
        hint="as the provider gave it"
        errors={form.state.fields}
      />
    </DialogForm>
  );
}
