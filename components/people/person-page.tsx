import { ShieldOff } from "lucide-react";
import Link from "next/link";
import type { ReactNode } from "react";
import type { DeputyView } from "#lib/deputies/schema.ts";
import type { InvitationMailView } from "#lib/notices/schema.ts";
import type { HeldGrant, PersonDetails } from "#lib/people/schema.ts";
import { ActionButton } from "../form/action-button.tsx";
import type { FormAction } from "../form/state.ts";
import { plural } from "../format.ts";
import { PageHead } from "../list/page-head.tsx";
import { Remark } from "../ui/badge.tsx";
import { Empty } from "../ui/empty.tsx";
import { KeyValue } from "../ui/key-value.tsx";
import { Panel } from "../ui/panel.tsx";
import { RelativeTime } from "../ui/relative-time.tsx";
import { Table } from "../ui/table.tsx";
import { Visible } from "../ui/visible.tsx";
import { Deactivate } from "./deactivate.tsx";
import { DeputyTable } from "./deputy-table.tsx";
import { GiveRole, type GiveRoleProps } from "./give-role.tsx";
import { InvitationMail, isLost } from "./invitation-mail.tsx";
import { InviteAgain } from "./invite-again.tsx";
import { STATE_FACES, wayOf, whereAndUntil } from "./words.ts";

export interface PersonPageProps {
  readonly person: PersonDetails;
  readonly deputies: readonly DeputyView[];
  readonly isOneself: boolean;
  /** How the mail with their newest link goes; for those who invite, of somebody who has not come in yet. */
  readonly mail?: InvitationMailView | null | undefined;
  /** Null for a person who may not. */
  readonly give: Omit<GiveRoleProps, "to"> | null;
  /** Reads `grantId`. */
  readonly take: FormAction | null;
  /** Read `personId`. */
  readonly manage: {
    readonly deactivate: FormAction;
    readonly reactivate: FormAction;
    readonly inviteAgain: FormAction;
  } | null;
  /** Reads `deputyshipId`. */
  readonly endDeputy: FormAction | null;
}

export function PersonPage(props: PersonPageProps) {
  const { person, deputies, isOneself, mail, give, take, manage, endDeputy } = props;
  const { tone, icon, word } = STATE_FACES[person.state];
  return (
    <div className="page">
      <PageHead
        title={<Visible text={person.name} />}
        text={person.kind === "service" ? "Service account" : <Visible text={person.email} />}
        actions={manage && !isOneself ? <Manage {...{ person, manage, mail }} /> : null}
      />
      <Panel title="About">
        <KeyValue
          rows={[
            { key: "State", value: <Remark {...{ tone, icon }}>{word}</Remark> },
            ...(mail === undefined
              ? []
              : [{ key: "Invitation by mail", value: <InvitationMail mail={mail} /> }]),
            { key: "Last seen", value: seen(person) },
            { key: "Live sessions", value: <span className="num">{person.sessions}</span> },
            { key: "Groups", value: groupsOf(person) },
            {
              key: "What they may",
              value: <Link href={`/settings/roles?person=${person.id}`}>each permission, and why</Link>,
            },
          ]}
        />
      </Panel>
      <Panel title="Roles" fact={plural(person.grants.length, "grant")} className="mt-4">
        {person.grants.length === 0 ? (
          <Empty
            icon={ShieldOff}
            title="No role"
            text="Without one, nothing but their own account is theirs to see."
          />
        ) : (
          <Grants grants={person.grants} take={take} />
        )}
        {give && !isOneself && person.state !== "deactivated" ? <GiveRole {...give} to={person.id} /> : null}
      </Panel>
      {deputies.length > 0 ? (
        <Panel title="Deputies" fact={plural(deputies.length, "time")} className="mt-4">
          <DeputyTable deputies={deputies} end={endDeputy} />
        </Panel>
      ) : null}
    </div>
  );
}

const seen = ({ lastSeenAt }: PersonDetails): ReactNode =>
  lastSeenAt ? <RelativeTime at={lastSeenAt.toISOString()} /> : "never";

const groupsOf = ({ groups }: PersonDetails): ReactNode =>
  groups.length === 0 ? (
    "none"
  ) : (
    <Visible
      text={groups.map(({ name, source }) => (source === "sso" ? `${name} (by sign-on)` : name)).join(", ")}
    />
  );

function Manage({
  person,
  manage,
  mail,
}: Pick<PersonPageProps, "person" | "mail"> & { manage: NonNullable<PersonPageProps["manage"]> }) {
  const fields = { personId: person.id };
  if (person.state === "deactivated")
    return (
      <ActionButton action={manage.reactivate} fields={fields} doing="Reactivating">
        Reactivate
      </ActionButton>
    );
  return (
    <>
      {person.state === "invited" ? (
        <InviteAgain action={manage.inviteAgain} personId={person.id} isMailLost={isLost(mail)} />
      ) : null}
      <Deactivate action={manage.deactivate} personId={person.id} />
    </>
  );
}

function Grants({ grants, take }: { grants: readonly HeldGrant[]; take: FormAction | null }) {
  return (
    <Table
      label="Roles"
      tall
      columns={[
        { key: "role", title: "Role" },
        { key: "how", title: "How" },
        { key: "actions", title: "Actions", quiet: true },
      ]}
    >
      {grants.map((grant) => (
        <tr key={`${grant.id} ${grant.how} ${grant.viaName} ${grant.pilotId}`}>
          <td>
            <div className="cell2">
              <span className="med">
                <Visible text={grant.roleName} />
              </span>
              <div className="t3 sm">
                <Visible text={whereAndUntil(grant)} />
              </div>
            </div>
          </td>
          <td className="t2">
            <Visible text={wayOf(grant)} />
          </td>
          <td className="n">
            {take && grant.how === "direct" ? (
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
