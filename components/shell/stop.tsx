"use client";

import { OctagonX } from "lucide-react";
import { useState } from "react";
import { RadioCards } from "../form/choice.tsx";
import { TextField } from "../form/field.tsx";
import { FormAnswer } from "../form/form-answer.tsx";
import type { FormAction } from "../form/state.ts";
import { useForm } from "../form/use-form.ts";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { Icon } from "../ui/icon.tsx";

export interface StopScope {
  /** As the action reads it: "run:run_…", "pilot:pil_…", "everything". */
  readonly value: string;
  /** "This run", the pilot's name, "Everything, all 3 pilots". */
  readonly title: string;
  /** "2 live runs" */
  readonly fact: string;
  /** What the button says: "Stop this run". */
  readonly button: string;
}

export interface StopProps {
  /** Narrowest first; the first is preselected. */
  readonly scopes: readonly StopScope[];
  /** Reads `scope` and `reason`. */
  readonly action: FormAction;
}

/** Emergency stop, one dialog everywhere. */
export function Stop({ scopes, action }: StopProps) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <button
        type="button"
        className="btn danger"
        aria-haspopup="dialog"
        title="Emergency stop: this pilot or everything"
        onClick={() => setOpen(true)}
      >
        <Icon of={OctagonX} />
        Stop<span className="vh">: emergency stop</span>
      </button>
      <Dialog
        open={open}
        onClose={() => setOpen(false)}
        title="Emergency stop"
        text="Starts nothing new and kills every sandbox in scope. What was recorded is kept and open gates stay open; a merge that was approved already goes through. Lifting the stop is a decision of its own."
      >
        <StopForm scopes={scopes} action={action} onClose={() => setOpen(false)} />
      </Dialog>
    </>
  );
}

function StopForm({ scopes, action, onClose }: StopProps & { onClose: () => void }) {
  const [chosen, setChosen] = useState(scopes[0]?.value);
  const form = useForm(action, onClose);
  const scope = scopes.find(({ value }) => value === chosen);
  return (
    <form {...form.props} className="grid gap-3.5">
      <RadioCards
        name="scope"
        label="Scope"
        choices={scopes}
        defaultValue={chosen}
        onChange={setChosen}
        errors={form.state.fields}
      />
      <TextField
        name="reason"
        label={
          <>
            Reason <span className="t3 font-normal">logged</span>
          </>
        }
        errors={form.state.fields}
        autoComplete="off"
      />
      <FormAnswer state={form.state} />
      <div className="row justify-end acts">
        <Button size="lg" onClick={onClose}>
          Cancel
        </Button>
        <Button type="submit" size="lg" tone="stop" icon={OctagonX} pending={form.pending && "Stopping"}>
          {scope?.button ?? "Stop"}
        </Button>
      </div>
    </form>
  );
}
