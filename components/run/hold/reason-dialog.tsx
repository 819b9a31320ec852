import type { ReactNode } from "react";
import { TextField } from "../../form/field.tsx";
import { FormAnswer } from "../../form/form-answer.tsx";
import type { FormAction } from "../../form/state.ts";
import { useForm } from "../../form/use-form.ts";
import { Button } from "../../ui/button.tsx";
import { Dialog } from "../../ui/dialog.tsx";

export interface ReasonDialogProps {
  readonly open: boolean;
  readonly onClose: () => void;
  readonly title: string;
  readonly text: ReactNode;
  readonly runId: string;
  /** Reads `runId` and `reason`. */
  readonly action: FormAction;
  readonly word: string;
  readonly doing: string;
  readonly notYet: string;
  readonly tone: "danger" | "ink";
}

/** Something that is done to a run with a reason, which stands in the log and on the run. */
export function ReasonDialog(props: ReasonDialogProps) {
  const { open, onClose, title, text } = props;
  return (
    <Dialog open={open} onClose={onClose} title={title} text={text}>
      <ReasonForm {...props} />
    </Dialog>
  );
}

function ReasonForm({ runId, action, onClose, word, doing, notYet, tone }: ReasonDialogProps) {
  const form = useForm(action, onClose);
  return (
    <form {...form.props} className="grid gap-3.5">
      <input type="hidden" name="runId" value={runId} />
      <TextField
        name="reason"
        label="Reason"
        hint="Stands in the log and on the run."
        errors={form.state.fields}
        autoComplete="off"
        autoFocus
      />
      <FormAnswer state={form.state} />
      <div className="row justify-end acts">
        <Button size="lg" onClick={onClose}>
          {notYet}
        </Button>
        <Button type="submit" size="lg" tone={tone} pending={form.pending && doing}>
          {word}
        </Button>
      </div>
    </form>
  );
}
