"use client";

import { KeyRound } from "lucide-react";
import { useState } from "react";
import type { ChannelKind } from "#lib/notices/schema.ts";
import { TextField } from "../form/field.tsx";
import { FormAnswer } from "../form/form-answer.tsx";
import type { FormAction } from "../form/state.ts";
import { useForm } from "../form/use-form.ts";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";

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
  const [open, setOpen] = useState(false);
  const word = WORDS[props.kind];
  return (
    <>
      <Button icon={KeyRound} onClick={() => setOpen(true)}>
        Set another {word}…
      </Button>
      <Dialog
        open={open}
        onClose={() => setOpen(false)}
        title={`Set another ${word}`}
        text="It is sealed to the worker before it is stored, and nobody can read it back. The old one is deleted."
      >
        <SecretForm {...props} word={word} onClose={() => setOpen(false)} />
      </Dialog>
    </>
  );
}

function SecretForm({
  channelId,
  action,
  word,
  onClose,
}: ReplaceSecretProps & { word: string; onClose: () => void }) {
  const form = useForm(action, ({ done }) => {
    if (done) onClose();
  });
  return (
    <form {...form.props} className="grid gap-3.5">
      <input type="hidden" name="channelId" value={channelId} />
      <TextField
        name="secret"
        label={`New ${word}`}
        type="password"
        mono
        autoComplete="off"
        errors={form.state.fields}
      />
      <FormAnswer state={form.state} />
      <div className="row justify-end acts">
        <Button size="lg" onClick={onClose}>
          Close
        </Button>
        <Button type="submit" size="lg" tone="ink" pending={form.pending && "Sealing it"}>
          Seal and keep it
        </Button>
      </div>
    </form>
  );
}
