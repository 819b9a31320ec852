"use client";

import { Download } from "lucide-react";
import { useState } from "react";
import { CheckField } from "../form/choice.tsx";
import { type Option, SelectField } from "../form/field.tsx";
import { FormAnswer } from "../form/form-answer.tsx";
import type { FormAction } from "../form/state.ts";
import { useForm } from "../form/use-form.ts";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";

export interface StartExportProps {
  /** Reads `pilotId` and `payloads`. */
  readonly action: FormAction;
  /** What may be exported; the empty value is everything. */
  readonly pilots: readonly Option[];
  readonly mayHavePayloads: boolean;
}

export function StartExport(props: StartExportProps) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button tone="ink" icon={Download} onClick={() => setOpen(true)}>
        Start an export…
      </Button>
      <Dialog
        open={open}
        onClose={() => setOpen(false)}
        title="Start an export"
        text="Pinned to the newest signed checkpoint: what is written later is not in it. It is listed here and can be read again from any line."
      >
        <StartForm {...props} onClose={() => setOpen(false)} />
      </Dialog>
    </>
  );
}

function StartForm({ action, pilots, mayHavePayloads, onClose }: StartExportProps & { onClose: () => void }) {
  const form = useForm(action);
  return (
    <form {...form.props} className="grid gap-3.5">
      <SelectField name="pilotId" label="Entries of" options={pilots} errors={form.state.fields} />
      <CheckField
        name="payloads"
        label="With payloads"
        hint="prompts, outputs and diffs as they came, secrets not masked"
        disabled={!mayHavePayloads}
      />
      <FormAnswer state={form.state} />
      <div className="row justify-end acts">
        <Button size="lg" onClick={onClose}>
          Close
        </Button>
        <Button type="submit" size="lg" tone="ink" pending={form.pending && "Starting"}>
          Start
        </Button>
      </div>
    </form>
  );
}
