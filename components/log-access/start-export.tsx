"use client";

import { Download } from "lucide-react";
import { useState } from "react";
import { CheckField } from "../form/choice.tsx";
import { type Option, SelectField } from "../form/field.tsx";
import { FormAnswer } from "../form/form-answer.tsx";
import type { FormAction } from "../form/state.ts";
import { useForm } from "../form/use-form.ts";
import { formatCount } from "../format.ts";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";

export interface StartExportProps {
  /** Reads `pilotId`, `payloads` and `epoch`. */
  readonly action: FormAction;
  /** What may be exported; the empty value is everything. */
  readonly pilots: readonly Option[];
  readonly mayHavePayloads: boolean;
}

/** One log of several. */
interface OneEpoch {
  readonly number: number;
  /** Entries under its newest checkpoint. */
  readonly size: number;
  readonly isNewest: boolean;
}

type OneExportProps = StartExportProps & { readonly epoch?: OneEpoch };

export function StartExport(props: OneExportProps) {
  const { epoch } = props;
  const [open, setOpen] = useState(false);
  return (
    <>
      {epoch ? (
        <Button
          size="sm"
          icon={Download}
          aria-label={`Export… epoch ${epoch.number}`}
          onClick={() => setOpen(true)}
        >
          Export…
        </Button>
      ) : (
        <Button tone="ink" icon={Download} onClick={() => setOpen(true)}>
          Start an export…
        </Button>
      )}
      <Dialog
        open={open}
        onClose={() => setOpen(false)}
        title={epoch ? `Export epoch ${epoch.number}` : "Start an export"}
        text={`${pinnedTo(epoch)} It is listed here and can be read again from any line.`}
      >
        <StartForm {...props} onClose={() => setOpen(false)} />
      </Dialog>
    </>
  );
}

const pinnedTo = (epoch: OneEpoch | undefined): string =>
  epoch && !epoch.isNewest
    ? `Pinned to the last checkpoint of the log that ended, of ${formatCount(epoch.size)} entries.`
    : "Pinned to the newest signed checkpoint: what is written later is not in it.";

function StartForm({
  action,
  pilots,
  mayHavePayloads,
  epoch,
  onClose,
}: OneExportProps & { onClose: () => void }) {
  const form = useForm(action);
  return (
    <form {...form.props} className="grid gap-3.5">
      {epoch ? <input type="hidden" name="epoch" value={epoch.number} /> : null}
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
