import { UsersRound } from "lucide-react";
import Link from "next/link";
import type { ListedPerson } from "#lib/people/schema.ts";
import { plural } from "../format.ts";
import { PageHead } from "../list/page-head.tsx";
import { Remark } from "../ui/badge.tsx";
import { Empty } from "../ui/empty.tsx";
import { Panel } from "../ui/panel.tsx";
import { RelativeTime } from "../ui/relative-time.tsx";
import { Table } from "../ui/table.tsx";
import { Visible } from "../ui/visible.tsx";
import { Invite, type InviteProps } from "./invite.tsx";
import { SettingsTabs } from "./settings-tabs.tsx";
import { STATE_FACES, wayOf, whereAndUntil } from "./words.ts";

export interface PeoplePageProps {
  readonly people: readonly ListedPerson[];
  /** Null for a person who may not. */
  readonly invite: InviteProps | null;
}

export function PeoplePage({ people, invite }: PeoplePageProps) {
  const active = people.filter(({ state }) => state === "active").length;
  const action = invite ? <Invite {...invite} /> : null;
  return (
    <div className="page">
      <PageHead
        title="People"
        text="Who may come in, and with which roles. A role that is taken away counts no more from the next request on."
        actions={action}
      />
      <SettingsTabs current="People" />
      <Panel
        title="Everybody"
        fact={`${plural(people.length, "person", "people")}, ${active} active`}
        className="mt-4"
      >
        {people.length <= 1 ? (
          <Empty
            icon={UsersRound}
            title={people.length === 0 ? "Nobody is here" : "Nobody but you is here"}
            text="A pilot needs at least two people who agree, one of them a security lead."
            action={action}
          />
        ) : null}
        {people.length === 0 ? null : (
          <Table
            label="People"
            tall
            columns={[
              { key: "name", title: "Name" },
              { key: "roles", title: "Roles" },
              { key: "state", title: "State" },
              { key: "seen", title: "Last seen", wide: true },
            ]}
          >
            {people.map((person) => (
              <Row key={person.id} person={person} />
            ))}
          </Table>
        )}
      </Panel>
    </div>
  );
}

const SHOWN = 3;

function Row({ person }: { person: ListedPerson }) {
  const { id, name, email, kind, state, lastSeenAt, grants } = person;
  const { tone, icon, word } = STATE_FACES[state];
  return (
    <tr>
      <td>
        <div className="cell2">
          <Link className="med" href={`/settings/people/${id}`}>
            <Visible text={name} />
          </Link>
          <div className="t3 trunc">{kind === "service" ? "service account" : <Visible text={email} />}</div>
        </div>
      </td>
      <td>
        {grants.length === 0 ? <span className="t3">none</span> : null}
        {grants.slice(0, SHOWN).map((grant) => (
          <div key={`${grant.id} ${grant.how} ${grant.viaName}`} className="tw">
            <Visible text={grant.roleName} />{" "}
            <span className="t3 sm">
              <Visible text={whereAndUntil(grant)} />
              {grant.how === "direct" ? null : <Visible text={`, ${wayOf(grant)}`} />}
            </span>
          </div>
        ))}
        {grants.length > SHOWN ? <div className="t3 sm">and {grants.length - SHOWN} more</div> : null}
      </td>
      <td className="nowrap">
        <Remark tone={tone} icon={icon}>
          {word}
        </Remark>
      </td>
      <td className="only-wide nowrap t2">
        {lastSeenAt ? <RelativeTime at={lastSeenAt.toISOString()} /> : "never"}
      </td>
    </tr>
  );
}
