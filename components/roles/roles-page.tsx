import { Check, Minus } from "lucide-react";
import type { Permission } from "#lib/authz/schema.ts";
import type { Explained } from "#lib/roles/rules.ts";
import type { RoleView } from "#lib/roles/schema.ts";
import { ActionButton } from "../form/action-button.tsx";
import type { Option } from "../form/field.tsx";
import type { FormAction } from "../form/state.ts";
import { plural } from "../format.ts";
import { PageHead } from "../list/page-head.tsx";
import { SettingsTabs } from "../people/settings-tabs.tsx";
import { Icon } from "../ui/icon.tsx";
import { Panel } from "../ui/panel.tsx";
import { Table } from "../ui/table.tsx";
import { Visible } from "../ui/visible.tsx";
import { AskWhy, Why } from "./why.tsx";
import { WriteRole, type WriteRoleProps } from "./write-role.tsx";

export interface RolesPageProps {
  readonly roles: readonly RoleView[];
  readonly permissions: readonly Permission[];
  readonly people: readonly Option[];
  readonly pilots: readonly Option[];
  readonly asked: {
    readonly personId: string;
    readonly pilotId: string;
    /** Null: nobody was asked about, or nobody who is here. */
    readonly answer: { readonly name: string; readonly explained: readonly Explained[] } | null;
  };
  /** Null for a person who may not. */
  readonly manage: {
    readonly make: FormAction;
    readonly change: FormAction;
    /** Reads `roleId`. */
    readonly retire: FormAction;
    readonly grantable: WriteRoleProps["grantable"];
  } | null;
}

export function RolesPage({ roles, permissions, people, pilots, asked, manage }: RolesPageProps) {
  return (
    <div className="page">
      <PageHead
        title="Roles"
        text="Who can do what, and why. The six built-in roles are fixed; your own are made of permissions, but never of those that let others in."
        actions={manage ? <WriteRole action={manage.make} grantable={manage.grantable} /> : null}
      />
      <SettingsTabs current="Roles" />
      <Panel title="Who can do what" className="mt-4">
        <AskWhy people={people} pilots={pilots} personId={asked.personId} pilotId={asked.pilotId} />
        {asked.answer ? <Why {...asked.answer} /> : null}
      </Panel>
      <Panel title="Roles" fact={plural(roles.length, "role")} className="mt-4">
        <Roles roles={roles} manage={manage} />
      </Panel>
      <Panel title="What each role includes" fact={plural(permissions.length, "permission")} className="mt-4">
        <Matrix roles={roles} permissions={permissions} />
      </Panel>
    </div>
  );
}

function Roles({ roles, manage }: Pick<RolesPageProps, "roles" | "manage">) {
  return (
    <Table
      label="Roles"
      tall
      columns={[
        { key: "name", title: "Role" },
        { key: "held", title: "Held by", number: true },
        { key: "actions", title: "Actions", quiet: true },
      ]}
    >
      {roles.map((role) => (
        <tr key={role.id}>
          <td>
            <div className="cell2">
              <span className="med">
                <Visible text={role.name} />
              </span>
              <div className="t3 sm tw">
                {role.isBuiltIn ? "built in" : "made here"}
                {role.description === "" ? null : <Visible text={` · ${role.description}`} />}
              </div>
            </div>
          </td>
          <td className="n">{role.holders}</td>
          <td className="n">
            {manage && !role.isBuiltIn ? (
              <div className="row justify-end">
                <WriteRole action={manage.change} grantable={manage.grantable} role={role} />
                <ActionButton
                  action={manage.retire}
                  fields={{ roleId: role.id }}
                  doing="Retiring it"
                  size="sm"
                >
                  Retire
                </ActionButton>
              </div>
            ) : null}
          </td>
        </tr>
      ))}
    </Table>
  );
}

function Matrix({ roles, permissions }: Pick<RolesPageProps, "roles" | "permissions">) {
  return (
    <Table
      label="Permissions of roles"
      columns={[
        { key: "permission", title: "Permission" },
        ...roles.map(({ id, name }) => ({ key: id, title: name, className: "tw" })),
      ]}
    >
      {permissions.map((permission) => (
        <tr key={permission}>
          <th scope="row" className="mono nowrap">
            {permission}
          </th>
          {roles.map(({ id, permissions: included }) => (
            <td key={id}>
              {included.includes(permission) ? (
                <>
                  <Icon of={Check} size={14} />
                  <span className="vh">yes</span>
                </>
              ) : (
                <span className="t3">
                  <Icon of={Minus} size={14} />
                  <span className="vh">no</span>
                </span>
              )}
            </td>
          ))}
        </tr>
      ))}
    </Table>
  );
}
