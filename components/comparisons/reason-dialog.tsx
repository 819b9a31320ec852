"use client";

import { DialogForm, OpensDialog, useClosingForm } from "../form/dialog-form.tsx";
import type { Option } from "../form/field.tsx";
import { SelectField, TextAreaField } from "../form/field.tsx";
import type { FormAction } from "../form/state.ts";

export interface ReasonDialogProps {
  readonly title: string;
  readonly text: string;
  readonly word: string;
  readonly doing: string;
  readonly action: FormAction;
  readonly hidden: Readonly<Record<string, string>>;
  /** One more choice beside the reason. */
  readonly choice?: { readonly name: string; readonly label: string; readonly options: readonly Option[] };
}

/** A step that needs a reason, and at most one choice. */
export function ReasonDialog({ title, text, word, ...form }: ReasonDialogProps) {
  return (
    <OpensDialog button={{ children: word }} title={title} text={text}>
      {(onClose) => <ReasonForm {...form} word={word} onClose={onClose} />}
    </OpensDialog>
  );
}

function ReasonForm({
  word,
  doing,
  action,
  hidden,
  choice,
  onClose,
}: Omit<ReasonDialogProps, "title" | "text"> & { readonly onClose: () => void }) {
  const form = useClosingForm(action, onClose);
  return (
    <DialogForm form={form} onClose={onClose} submit={[word, doing]} hidden={hidden}>
      {choice ? <SelectField {...choice} errors={form.state.fields} /> : null}
      <TextAreaField name="reason" label="Why" errors={form.state.fields} />
    </DialogForm>
  );
}
