"use client";

import { type Option, SelectField, TextField } from "../form/field.tsx";
import { FormAnswer } from "../form/form-answer.tsx";
import type { FormAction } from "../form/state.ts";
import { useForm } from "../form/use-form.ts";
import { Button } from "../ui/button.tsx";

export interface StandInProps {
  /** Reads `deputyId`, `pilotId`, `from` and `until`. */
  readonly action: FormAction;
  readonly people: readonly Option[];
  readonly pilots: readonly Option[];
}

/** Who decides while one is away. */
export function StandIn({ action, people, pilots }: StandInProps) {
  const form = useForm(action);
  const { fields } = form.state;
  return (
    <form {...form.props} className="grid gap-3.5 p-4">
      <div className="grid gap-3.5 sm:grid-cols-2">
        <SelectField
          name="deputyId"
          label="Who decides for you"
          options={[{ value: "", title: "Whoever is on duty on the pilot" }, ...people]}
          errors={fields}
        />
        <SelectField
          name="pilotId"
          label="Of what"
          options={[{ value: "", title: "Everything you decide about" }, ...pilots]}
          errors={fields}
        />
        <TextField name="from" label="First day" type="date" errors={fields} />
        <TextField name="until" label="Last day" type="date" hint="days are UTC" errors={fields} />
      </div>
      <FormAnswer state={form.state} />
      <div className="row acts">
        <Button type="submit" tone="ink" pending={form.pending && "Naming them"}>
          Name a deputy
        </Button>
      </div>
    </form>
  );
}

export interface PutOnDutyProps {
  /** Reads `pilotId`, `personId`, `from` and `until`. */
  readonly action: FormAction;
  readonly people: readonly Option[];
  readonly pilots: readonly Option[];
}

export function PutOnDuty({ action, people, pilots }: PutOnDutyProps) {
  const form = useForm(action);
  const { fields } = form.state;
  return (
    <form {...form.props} className="grid gap-3.5 p-4">
      <div className="grid gap-3.5 sm:grid-cols-2">
        <SelectField name="personId" label="Who" options={people} errors={fields} />
        <SelectField name="pilotId" label="Pilot" options={pilots} errors={fields} />
        <TextField name="from" label="First day" type="date" errors={fields} />
        <TextField name="until" label="Last day" type="date" hint="days are UTC" errors={fields} />
      </div>
      <FormAnswer state={form.state} />
      <div className="row acts">
        <Button type="submit" pending={form.pending && "Writing it down"}>
          Put on duty
        </Button>
      </div>
    </form>
  );
}
