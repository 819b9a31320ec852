"use client";

import { type Option, SelectField } from "../form/field.tsx";
import { FormAnswer } from "../form/form-answer.tsx";
import type { FormAction } from "../form/state.ts";
import { useForm } from "../form/use-form.ts";
import { Button } from "../ui/button.tsx";

export interface AddMemberProps {
  /** Reads `groupId` and `personId`. */
  readonly action: FormAction;
  readonly groupId: string;
  readonly people: readonly Option[];
}

export function AddMember({ action, groupId, people }: AddMemberProps) {
  const form = useForm(action);
  return (
    <form {...form.props} className="grid gap-3.5 p-4">
      <input type="hidden" name="groupId" value={groupId} />
      <SelectField name="personId" label="Person" options={people} errors={form.state.fields} />
      <FormAnswer state={form.state} />
      <div className="row acts">
        <Button type="submit" pending={form.pending && "Putting them in"}>
          Put into the group
        </Button>
      </div>
    </form>
  );
}
