"use client";

import { PencilLine } from "lucide-react";
import { TOPIC_TITLES } from "#lib/procurement/rules.ts";
import { Topic } from "#lib/procurement/schema.ts";
import { DialogForm, OpensDialog, useClosingForm } from "../form/dialog-form.tsx";
import { SelectField, TextAreaField, TextField } from "../form/field.tsx";
import type { FormAction } from "../form/state.ts";

export interface NoteDialogProps {
  readonly agentId: string;
  readonly agentName: string;
  readonly action: FormAction;
  readonly today: string;
}

export function NoteDialog({ agentName, ...form }: NoteDialogProps) {
  return (
    <OpensDialog
      button={{ icon: PencilLine, size: "sm", children: "Write down" }}
      title={`What is known of ${agentName}`}
      text="What was written before stays in the history."
    >
      {(onClose) => <NoteForm {...form} onClose={onClose} />}
    </OpensDialog>
  );
}

function NoteForm({
  agentId,
  action,
  today,
  onClose,
}: Omit<NoteDialogProps, "agentName"> & { readonly onClose: () => void }) {
  const form = useClosingForm(action, onClose);
  const errors = form.state.fields;
  return (
    <DialogForm form={form} onClose={onClose} submit={["Write down", "Writing"]} hidden={{ agentId }}>
      <SelectField
        name="topic"
        label="Subject"
        errors={errors}
        options={Topic.options.map((topic) => ({ value: topic, title: TOPIC_TITLES[topic] }))}
      />
      <TextAreaField name="text" label="What is known" errors={errors} rows={4} />
      <TextField
        name="source"
        label="Source"
        hint="An address, or who said it. It is shown and never opened."
        errors={errors}
        autoComplete="off"
      />
      <TextField name="asOf" label="As of" type="date" defaultValue={today} errors={errors} />
    </DialogForm>
  );
}
