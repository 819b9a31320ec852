"use client";

import { Fingerprint } from "lucide-react";
import { TextField } from "../form/field.tsx";
import { FormAnswer } from "../form/form-answer.tsx";
import type { FormAction } from "../form/state.ts";
import { useForm } from "../form/use-form.ts";
import { Button } from "../ui/button.tsx";
import { type AskToEnrol, enrolling } from "./ceremony.ts";

/** Names a passkey, lets the browser make it, and sends it in. */
export function EnrolForm({ ask, enrol }: { ask: AskToEnrol; enrol: FormAction }) {
  const form = useForm(enrolling(enrol, ask));
  return (
    <form {...form.props} className="grid gap-3.5 p-4">
      <TextField
        name="name"
        label="Name"
        hint="What you will know it by: the device or the key it is on."
        placeholder="Laptop"
        maxLength={60}
        autoComplete="off"
        errors={form.state.fields}
      />
      <FormAnswer state={form.state} />
      <div className="row acts">
        <Button
          type="submit"
          tone="ink"
          icon={Fingerprint}
          pending={form.pending && "Waiting for the browser"}
        >
          Add a passkey
        </Button>
      </div>
    </form>
  );
}
