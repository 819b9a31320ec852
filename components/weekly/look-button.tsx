"use client";

import { DialogForm, OpensDialog, useClosingForm } from "../form/dialog-form.tsx";
import { TextAreaField } from "../form/field.tsx";
import type { FormAction } from "../form/state.ts";

export interface LookButtonProps {
  readonly fields: Readonly<Record<string, string | number>>;
  readonly verdict: "agree" | "disagree";
  readonly say: FormAction;
}

const WORDS = { agree: "Agree", disagree: "Disagree" } as const;

export function LookButton(props: LookButtonProps) {
  const word = WORDS[props.verdict];
  return (
    <OpensDialog
      button={{ size: "sm", children: `${word}…` }}
      title={`${word} with this approval?`}
      text="You say so once, under your name; it changes nothing of what was merged."
    >
      {(onClose) => <LookForm {...props} onClose={onClose} />}
    </OpensDialog>
  );
}

function LookForm({ fields, verdict, say, onClose }: LookButtonProps & { onClose: () => void }) {
  const form = useClosingForm(say, onClose);
  return (
    <DialogForm
      form={form}
      onClose={onClose}
      submit={[WORDS[verdict], "Saying so"]}
      hidden={{ ...fields, verdict }}
    >
      <TextAreaField name="note" label="Note" rows={3} errors={form.state.fields} />
    </DialogForm>
  );
}
