"use client";

import { Gavel } from "lucide-react";
import { RadioCards } from "../form/choice.tsx";
import { DialogForm, OpensDialog, useClosingForm } from "../form/dialog-form.tsx";
import { TextAreaField } from "../form/field.tsx";
import type { FormAction } from "../form/state.ts";

export interface ProposeWeekProps {
  readonly pilotId: string;
  readonly number: number;
  /** Of the pack that is read. */
  readonly digest: string;
  readonly propose: FormAction;
  /** Another decision waits already, and this one would take its place. */
  readonly isAgain: boolean;
}

const CHOICES = [
  { value: "continue", title: "Continue", text: "The pilot goes on as it is." },
  { value: "tighten", title: "Tighten", text: "It goes on; the form of an amendment opens from this page." },
  {
    value: "stop",
    title: "Stop",
    text: "Its runs are cancelled and it is paused. Going on again takes two people.",
  },
] as const;

/** The first of two signatures. */
export function ProposeWeek(props: ProposeWeekProps) {
  return (
    <OpensDialog
      button={{
        tone: "ink",
        icon: Gavel,
        className: "no-print",
        children: props.isAgain ? "Propose otherwise…" : "Decide…",
      }}
      title={`Decide on week ${props.number}`}
      text="You sign it, bound to this pack; it takes effect once it has its second signature."
    >
      {(onClose) => <ProposeForm {...props} onClose={onClose} />}
    </OpensDialog>
  );
}

function ProposeForm({
  pilotId,
  number,
  digest,
  propose,
  onClose,
}: ProposeWeekProps & { onClose: () => void }) {
  const form = useClosingForm(propose, onClose);
  return (
    <DialogForm
      form={form}
      onClose={onClose}
      submit={["Sign it", "Signing"]}
      hidden={{ pilotId, number, digest }}
    >
      <RadioCards
        name="decision"
        label="Decision"
        choices={CHOICES}
        defaultValue="continue"
        errors={form.state.fields}
      />
      <TextAreaField name="reason" label="Reason" rows={3} errors={form.state.fields} />
    </DialogForm>
  );
}
