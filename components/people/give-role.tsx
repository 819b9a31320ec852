"use client";

import { type Option, SelectField, TextField } from "../form/field.tsx";
import { FormAnswer } from "../form/form-answer.tsx";
import type { FormAction } from "../form/state.ts";
import { useForm } from "../form/use-form.ts";
import { Button } from "../ui/button.tsx";

export interface GiveRoleProps {
  /** Reads `to`, `role`, `pilotId` and `endsOn`. */
  readonly action: FormAction;
  /** The person or the group it is given to. */
  readonly to: string;
  readonly roles: readonly Option[];
  readonly pilots: readonly Option[];
}

export function GiveRole({ action, to, roles, pilots }: GiveRoleProps) {
  const form = useForm(action);
  const { fields } = form.state;
  return (
    <form {...form.props} className="grid gap-3.5 p-4">
      <input type="hidden" name="to" value={to} />
      <div className="grid gap-3.5 sm:grid-cols-3">
        <SelectField name="role" label="Role" options={roles} errors={fields} />
        <SelectField
          name="pilotId"
          label="On"
          options={[{ value: "", title: "Everything" }, ...pilots]}
          errors={fields}
        />
        <TextField
          name="endsOn"
          label="Last day"
          type="date"
          hint="leave it empty for no end; days end at midnight UTC"
          errors={fields}
        />
      </div>
      <FormAnswer state={form.state} />
      <div className="row acts">
        <Button type="submit" tone="ink" pending={form.pending && "Giving it"}>
          Give the role
        </Button>
      </div>
    </form>
  );
}
