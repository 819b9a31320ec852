"use client";

import { KeyRound } from "lucide-react";
import type { ChannelKind } from "#lib/notices/schema.ts";
import { DialogForm, OpensDialog, useClosingForm } from "../form/dialog-form.tsx";
import { TextField } from "../form/field.tsx";
import type { FormAction } from "../form/state.ts";

export interface ReplaceSecretProps {
  readonly channelId: string;
  readonly kind: ChannelKind;
  /** Reads `channelId` and `secret`. */
  readonly action: FormAction;
}

const WORDS: Readonly<Record<ChannelKind, string>> = {
  smtp: "password",
  slack: "address",
  pagerduty: "integration key",
  webhook: "address",
};

export function ReplaceSecret(props: ReplaceSecretProps) {
  const word = WORDS[props.kind];
  return (
    <OpensDialog
      button={{ icon: KeyRound, children: `Set another ${word}…` }}
      title={`Set another ${word}`}
      text="It is sealed to the worker before it is stored, and nobody can read it back. The old one is deleted."
    >
      {(onClose) => <SecretForm {...props} word={word} onClose={onClose} />}
    </OpensDialog>
  );
}

function SecretForm({
  channelId,
  action,
  word,
  onClose,
}: ReplaceSecretProps & { word: string; onClose: () => void }) {
  const form = useClosingForm(action, onClose);
  return (
    <DialogForm {...{ form, onClose }} submit={["Seal and keep it", "Sealing it"]} hidden={{ channelId }}>
      <TextField
        name="secret"
        label={`New ${word}`}
        type="password"
        mono
        autoComplete="off"
        errors={form.state.fields}
      />
    </DialogForm>
  );
}
