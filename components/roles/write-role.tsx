"use client";

import { Plus } from "lucide-react";
import type { Permission } from "#lib/authz/schema.ts";
import type { RoleView } from "#lib/roles/schema.ts";
import { CheckField } from "../form/choice.tsx";
import { DialogForm, OpensDialog } from "../form/dialog-form.tsx";
import { TextField } from "../form/field.tsx";
import { errorsOf, type FormAction } from "../form/state.ts";
import { useForm } from "../form/use-form.ts";
import { Wrong } from "../form/wrong.tsx";
import { byNoun } from "./words.ts";

export interface WriteRoleProps {
  /** Reads `roleId`, `name`, `description` and `permissions[]`. */
  readonly action: FormAction;
  readonly grantable: readonly Permission[];
  /** Left out: a new one. */
  readonly role?: RoleView;
}

export function WriteRole(props: WriteRoleProps) {
  const { role } = props;
  return (
    <OpensDialog
      button={
        role ? { size: "sm", children: "Change…" } : { tone: "ink", icon: Plus, children: "Make a role…" }
      }
      wide
      title={role ? "Change this role" : "Make a role"}
      text="What is ticked counts from the next request of whoever holds it. Letting others in is never part of it."
    >
      {(onClose) => <RoleForm {...props} onClose={onClose} />}
    </OpensDialog>
  );
}

function RoleForm({ action, grantable, role, onClose }: WriteRoleProps & { onClose: () => void }) {
  const form = useForm(action, onClose);
  const { fields } = form.state;
  return (
    <DialogForm {...{ form, onClose }} submit={[role ? "Change it" : "Make it", "Keeping it"]}>
      {role ? <input type="hidden" name="roleId" value={role.id} /> : null}
      <TextField
        name="name"
        label="Name"
        defaultValue={role?.name}
        errors={fields}
        maxLength={60}
        autoComplete="off"
      />
      <TextField
        name="description"
        label="What for"
        defaultValue={role?.description}
        errors={fields}
        maxLength={300}
        autoComplete="off"
      />
      {byNoun(grantable).map(([noun, permissions]) => (
        <fieldset key={noun} className="grid gap-1.5 sm:grid-cols-2">
          <legend className="label">{noun}</legend>
          {permissions.map((permission) => (
            <CheckField
              key={permission}
              name="permissions[]"
              value={permission}
              label={<span className="mono">{permission}</span>}
              defaultChecked={role?.permissions.includes(permission) ?? false}
            />
          ))}
        </fieldset>
      ))}
      <Wrong sentences={errorsOf(fields, "permissions")} />
    </DialogForm>
  );
}
