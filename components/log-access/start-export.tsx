"use client";

import { Download } from "lucide-react";
import { CheckField } from "../form/choice.tsx";
import { DialogForm, OpensDialog } from "../form/dialog-form.tsx";
import { type Option, SelectField } from "../form/field.tsx";
import type { FormAction } from "../form/state.ts";
import { useForm } from "../form/use-form.ts";
import { formatCount } from "../format.ts";

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
  return (
    <OpensDialog
      button={{
        icon: Download,
        ...(epoch
          ? { size: "sm", "aria-label": `Export… epoch ${epoch.number}`, children: "Export…" }
          : { tone: "ink", children: "Start an export…" }),
      }}
      title={epoch ? `Export epoch ${epoch.number}` : "Start an export"}
      text={`${pinnedTo(epoch)} It is listed here and can be read again from any line.`}
    >
      {(onClose) => <StartForm {...props} onClose={onClose} />}
    </OpensDialog>
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
    <DialogForm {...{ form, onClose }} submit={["Start", "Starting"]}>
      {epoch ? <input type="hidden" name="epoch" value={epoch.number} /> : null}
      <SelectField name="pilotId" label="Entries of" options={pilots} errors={form.state.fields} />
      <CheckField
        name="payloads"
        label="With payloads"
        hint="prompts, outputs and diffs as they came, secrets not masked"
        disabled={!mayHavePayloads}
      />
    </DialogForm>
  );
}
