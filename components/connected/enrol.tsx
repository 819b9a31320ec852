"use client";

import { Plus } from "lucide-react";
import { useState } from "react";
import { CheckField } from "../form/choice.tsx";
import { FormAnswer } from "../form/form-answer.tsx";
import type { FormAction } from "../form/state.ts";
import { useForm } from "../form/use-form.ts";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";

export interface EnrolProps {
  /** Reads `phases` (`agent`, `verify`); answers with the token in `done`, which is shown this once. */
  readonly action: FormAction;
}

export function Enrol({ action }: EnrolProps) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button tone="ink" icon={Plus} onClick={() => setOpen(true)}>
        Add a runner…
      </Button>
      <Dialog
        open={open}
        onClose={() => setOpen(false)}
        title="Add a runner"
        text="Makes a token that registers one runner, once. It is shown here and never again; only its hash is kept."
      >
        <EnrolForm action={action} onClose={() => setOpen(false)} />
      </Dialog>
    </>
  );
}

function EnrolForm({ action, onClose }: EnrolProps & { onClose: () => void }) {
  const form = useForm(action);
  return (
    <form {...form.props} className="grid gap-3.5">
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
