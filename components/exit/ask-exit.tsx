"use client";

import { ExitDecision } from "#lib/exit-reviews/schema.ts";
import { SelectField, TextAreaField } from "../form/field.tsx";
import { FormAnswer } from "../form/form-answer.tsx";
import type { FormAction } from "../form/state.ts";
import { useForm } from "../form/use-form.ts";
import { Button } from "../ui/button.tsx";
import { DECISION_WORDS } from "./words.ts";

/** Opens the gate that both owners sign. */
export function AskExitForm({ pilotId, ask }: { readonly pilotId: string; readonly ask: FormAction }) {
  const form = useForm(ask);
  return (
    <form {...form.props} className="grid gap-3.5">
      <input type="hidden" name="pilotId" value={pilotId} />
      <SelectField
        name="decision"
        label="Decision"
        hint="Scaling up and ending close the pilot; extending lets it go on."
        errors={form.state.fields}
        options={ExitDecision.options.map((value) => ({ value, title: DECISION_WORDS[value] }))}
      />
      <TextAreaField
        name="reason"
        label="Reason"
        hint="Who decides signs it, and it stands in the log."
        errors={form.state.fields}
      />
      <FormAnswer state={form.state} />
      <div className="row justify-end acts">
        <Button type="submit" tone="ink" pending={form.pending && "Asking"}>
          Ask who decides
        </Button>
      </div>
    </form>
  );
}
