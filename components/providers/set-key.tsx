"use client";

import { KeyRound } from "lucide-react";
import { useState } from "react";
import { TextField } from "../form/field.tsx";
import { FormAnswer } from "../form/form-answer.tsx";
import type { FormAction } from "../form/state.ts";
import { useForm } from "../form/use-form.ts";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";

export interface SetKeyProps {
  readonly providerId: string;
  readonly isFirst: boolean;
  /** Reads `providerId` and `key`. */
  readonly action: FormAction;
}

export function SetKey(props: SetKeyProps) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button tone={props.isFirst ? "ink" : "plain"} icon={KeyRound} onClick={() => setOpen(true)}>
        {props.isFirst ? "Set a key…" : "Set a new key…"}
      </Button>
      <Dialog
        open={open}
        onClose={() => setOpen(false)}
        title={props.isFirst ? "Set a key" : "Set a new key"}
        text="It is sealed to the gateway before it is stored. Pages show its last four characters, and nobody can read it back. Older keys work until you retire them."
      >
        <KeyForm {...props} onClose={() => setOpen(false)} />
      </Dialog>
    </>
  );
}

function KeyForm({ providerId, action, onClose }: SetKeyProps & { onClose: () => void }) {
  const form = useForm(action, ({ done }) => {
    if (done) onClose();
  });
  return (
    <form {...form.props} className="grid gap-3.5">
      <input type="hidden" name="providerId" value={providerId} />
      <TextField
        name="key"
        label="Key"
        type="password"
        mono
        autoComplete="off"
        hint="as the provider gave it"
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
