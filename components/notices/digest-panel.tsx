"use client";

import type { DigestChoice } from "#lib/notices/schema.ts";
import { SelectField, TextField } from "../form/field.tsx";
import { FormAnswer } from "../form/form-answer.tsx";
import type { FormAction } from "../form/state.ts";
import { useForm } from "../form/use-form.ts";
import { Button } from "../ui/button.tsx";
import { Panel } from "../ui/panel.tsx";

/** Whether and when the brief of a day is told outside of the home page. */
export function DigestPanel({ digest, action }: { digest: DigestChoice; action: FormAction }) {
  const form = useForm(action);
  const { fields } = form.state;
  return (
    <Panel
      title="Daily digest"
      fact={digest.isOn ? `at ${digest.time}, ${digest.timeZone}` : "off"}
      className="mt-4"
      id="digest"
    >
      <form {...form.props} className="grid gap-3.5 p-4">
        <div className="grid gap-3.5 sm:grid-cols-3">
          <SelectField
            name="isOn"
            label="The brief of my day"
            defaultValue={digest.isOn ? "yes" : "no"}
            errors={fields}
            options={[
              { value: "yes", title: "Once a day" },
              { value: "no", title: "Never" },
            ]}
          />
          <TextField name="time" label="At" type="time" defaultValue={digest.time} errors={fields} />
          <TextField
            name="timeZone"
            label="In the time zone"
            mono
            defaultValue={digest.timeZone}
            placeholder="Europe/Berlin"
            errors={fields}
          />
        </div>
        <p className="t3 sm">
          The sentences of the home page, by the channels you asked to be told it by, else to your own
          address. A day on which nothing happened and nothing waits is not told.
        </p>
        <FormAnswer state={form.state} />
        <div className="row acts">
          <Button type="submit" pending={form.pending && "Keeping it"}>
            Keep the digest
          </Button>
        </div>
      </form>
    </Panel>
  );
}
