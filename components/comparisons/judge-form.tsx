"use client";

import { RadioCards } from "../form/choice.tsx";
import { TextAreaField } from "../form/field.tsx";
import { FormAnswer } from "../form/form-answer.tsx";
import type { FormAction } from "../form/state.ts";
import { useForm } from "../form/use-form.ts";
import { Button } from "../ui/button.tsx";

const CHOICES = [
  { value: "acceptable", title: "Acceptable", text: "It does what was asked and could be merged." },
  { value: "incomplete", title: "Incomplete", text: "It does part of it." },
  { value: "wrong", title: "Wrong", text: "It does not do what was asked, or does harm." },
] as const;

export interface JudgeFormProps {
  readonly hidden: Readonly<Record<string, string>>;
  readonly action: FormAction;
}

export function JudgeForm({ hidden, action }: JudgeFormProps) {
  const form = useForm(action);
  return (
    <form {...form.props} className="grid gap-3.5">
      {Object.entries(hidden).map(([name, value]) => (
        <input key={name} type="hidden" name={name} value={value} />
      ))}
      <RadioCards name="verdict" label="Verdict" choices={CHOICES} errors={form.state.fields} />
      <TextAreaField name="reason" label="Why" errors={form.state.fields} />
      <FormAnswer state={form.state} />
      <div className="row justify-end acts">
        <Button type="submit" size="lg" tone="ink" pending={form.pending && "Judging"}>
          Judge
        </Button>
      </div>
    </form>
  );
}
