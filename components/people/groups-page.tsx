import { UsersRound } from "lucide-react";
import Link from "next/link";
import type { GroupGrantView, GroupMemberView, GroupView } from "#lib/groups/schema.ts";
import { ActionButton } from "../form/action-button.tsx";
import type { Option } from "../form/field.tsx";
import type { FormAction } from "../form/state.ts";
import { plural } from "../format.ts";
import { PageHead } from "../list/page-head.tsx";
import { Empty } from "../ui/empty.tsx";
import { Panel } from "../ui/panel.tsx";
import { Table } from "../ui/table.tsx";
import { Visible } from "../ui/visible.tsx";
import { AddMember } from "./add-member.tsx";
import { GiveRole, type GiveRoleProps } from "./give-role.tsx";
import { MakeGroup } from "./make-group.tsx";
import { SettingsTabs } from "./settings-tabs.tsx";
import { whereAndUntil } from "./words.ts";

export interface GroupsPageProps {
  readonly groups: readonly GroupView[];
  /** Null for a person who may not. Reads `groupId`, `personId`; `name`, `description` and `fromSso` of a new one. */
  readonly manage: {
    readonly make: FormAction;
    readonly remove: FormAction;
    /** Reads `groupId`, and `fromSso` where single sign-on is to fill it from now on. */
    readonly fill: FormAction;
    readonly addMember: FormAction;
    readonly removeMember: FormAction;
    readonly people: readonly Option[];
  } | null;
  readonly give: Omit<GiveRoleProps, "to"> | null;
  /** Reads `grantId`. */
  readonly take: FormAction | null;
}

export function GroupsPage({ groups, manage, give, take }: GroupsPageProps) {
  const action = manage ? <MakeGroup action={manage.make} /> : null;
  return (
    <div className="page">
      <PageHead
        title="Groups"
        text="What is given to a group is given to whoever is in it, as long as they are."
        actions={action}
      />
      <SettingsTabs current="Groups" />
      {groups.length === 0 ? (
        <Panel title="Groups" fact="none" className="mt-4">
          <Empty
            icon={UsersRound}
            title="No group yet"
            text="Put people who need the same roles into one: who joins gets them, who leaves loses them."
            action={action}
          />
        </Panel>
      ) : null}
      {groups.map((group) => (
        <Group key={group.id} {...{ group, manage, give, take }} />
      ))}
    </div>
  );
}

function Group({ group, manage, give, take }: Omit<GroupsPageProps, "groups"> & { group: GroupView }) {
  const { id, name, description, fromSso, members, grants } = group;
  return (
    <Panel
      title={name}
      fact={plural(new Set(members.map(({ personId }) => personId)).size, "member")}
      className="mt-4"
      actions={
        manage ? (
          <ActionButton action={manage.remove} fields={{ groupId: id }} doing="Removing it" size="sm">
            Remove the group
          </ActionButton>
        ) : null
      }
    >
      {description === "" ? null : (
        <p className="t2 p-4 tw">
          <Visible text={description} />
        </p>
      )}
      <Filled groupId={id} fromSso={fromSso} fill={manage?.fill ?? null} />
      {members.length > 0 ? (
        <Members members={members} groupId={id} remove={manage?.removeMember ?? null} />
      ) : null}
      {manage ? <AddMember action={manage.addMember} groupId={id} people={manage.people} /> : null}
      {grants.length > 0 ? <Roles grants={grants} take={take} /> : null}
      {give ? <GiveRole {...give} to={id} /> : null}
    </Panel>
  );
}

function Filled({ groupId, fromSso, fill }: { groupId: string; fromSso: boolean; fill: FormAction | null }) {
  const fields: Record<string, string> = fromSso ? { groupId } : { groupId, fromSso: "yes" };
  return (
    <div className="row p-4">
      <p className="t2 grow tw">
        {fromSso
          ? "Filled by single sign-on: whom the identity provider names in a group of this name is in it, as long as it does."
          : "Filled by hand alone. A group of this name at the identity provider puts nobody in."}
      </p>
      {fill ? (
        <ActionButton action={fill} fields={fields} doing="Setting it" size="sm">
          {fromSso ? "Fill it by hand alone" : "Fill it by single sign-on"}
        </ActionButton>
      ) : null}
    </div>
  );
}

function Members({
  members,
  groupId,
  remove,
}: {
  members: readonly GroupMemberView[];
  groupId: string;
  remove: FormAction | null;
}) {
  return (
    <Table
      label="Members"
      columns={[
        { key: "name", title: "Member" },
        { key: "how", title: "How" },
        { key: "actions", title: "Actions", quiet: true },
      ]}
    >
      {members.map(({ personId, name, source }) => (
        <tr key={`${personId} ${source}`}>
          <td className="tw">
            <Link className="med" href={`/settings/people/${personId}`}>
              <Visible text={name} />
            </Link>
          </td>
          <td className="t2">{source === "sso" ? "by single sign-on" : "by hand"}</td>
          <td className="n">
            {remove && source === "hand" ? (
              <ActionButton action={remove} fields={{ groupId, personId }} doing="Taking them out" size="sm">
                Take out
              </ActionButton>
            ) : null}
          </td>
        </tr>
      ))}
    </Table>
  );
}

function Roles({ grants, take }: { grants: readonly GroupGrantView[]; take: FormAction | null }) {
  return (
    <Table
      label="Roles of the group"
      columns={[
        { key: "role", title: "Role" },
        { key: "where", title: "Where" },
        { key: "actions", title: "Actions", quiet: true },
      ]}
    >
      {grants.map((grant) => (
        <tr key={grant.id}>
          <td className="med">
            <Visible text={grant.roleName} />
          </td>
          <td className="t2">
            <Visible text={whereAndUntil(grant)} />
          </td>
          <td className="n">
            {take ? (
              <ActionButton action={take} fields={{ grantId: grant.id }} doing="Taking it" size="sm">
                Take away
              </ActionButton>
            ) : null}
          </td>
        </tr>
      ))}
    </Table>
  );
}
