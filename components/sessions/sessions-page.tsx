import { CircleCheck, Laptop } from "lucide-react";
import { ActionButton } from "../form/action-button.tsx";
import type { FormAction } from "../form/state.ts";
import { plural } from "../format.ts";
import { PageHead } from "../list/page-head.tsx";
import { Remark } from "../ui/badge.tsx";
import { Empty } from "../ui/empty.tsx";
import { Panel } from "../ui/panel.tsx";
import { RelativeTime } from "../ui/relative-time.tsx";
import { Table } from "../ui/table.tsx";
import { deviceOf } from "./device.ts";

export interface SessionView {
  readonly id: string;
  readonly personName: string;
  readonly method: "password" | "link" | "sso";
  readonly address: string;
  readonly userAgent: string;
  readonly createdAt: Date;
  readonly lastSeenAt: Date;
  /** The one that looks. */
  readonly isThis: boolean;
}

export interface SessionsPageProps {
  readonly own: readonly SessionView[];
  /** Everybody else's; null: not for this person. */
  readonly others: readonly SessionView[] | null;
  /** "1 hour" */
  readonly idle: string;
  /** Reads `sessionId`. */
  readonly revoke: FormAction;
  readonly revokeOthers: FormAction;
}

const METHODS: Record<SessionView["method"], string> = {
  password: "password",
  link: "one-time link",
  sso: "single sign-on",
};

export function SessionsPage({ own, others, idle, revoke, revokeOthers }: SessionsPageProps) {
  return (
    <div className="page">
      <PageHead
        title="Sessions"
        text={`A session ends twelve hours after its sign-in, after ${idle} without use, and at once when it is ended here.`}
      />
      <Panel
        title="Yours"
        fact={plural(own.length, "session")}
        actions={
          own.length > 1 ? (
            <ActionButton action={revokeOthers} doing="Ending them" size="sm">
              End all others
            </ActionButton>
          ) : null
        }
      >
        <Sessions label="Your sessions" sessions={own} revoke={revoke} />
      </Panel>
      {others === null ? null : (
        <Panel title="Other people’s" fact={plural(others.length, "session")} className="mt-4">
          {others.length === 0 ? (
            <Empty
              icon={Laptop}
              title="Nobody else is signed in"
              text="Their sessions stand here while they are."
            />
          ) : (
            <Sessions label="Other people’s sessions" sessions={others} revoke={revoke} named />
          )}
        </Panel>
      )}
    </div>
  );
}

interface SessionsProps extends Pick<SessionsPageProps, "revoke"> {
  readonly label: string;
  readonly sessions: readonly SessionView[];
  readonly named?: boolean;
}

function Sessions({ label, sessions, revoke, named = false }: SessionsProps) {
  return (
    <Table
      label={label}
      columns={[
        ...(named ? [{ key: "person", title: "Person" }] : []),
        { key: "device", title: "Device" },
        { key: "address", title: "Address", wide: true },
        { key: "since", title: "Signed in" },
        { key: "seen", title: "Last used" },
        { key: "end", title: "End it", quiet: true },
      ]}
    >
      {sessions.map((session) => (
        <tr key={session.id}>
          {named ? <td className="med">{session.personName}</td> : null}
          <td>
            {deviceOf(session.userAgent)}{" "}
            {session.isThis ? (
              <Remark tone="good" icon={CircleCheck}>
                this one
              </Remark>
            ) : null}
          </td>
          <td className="only-wide mono sm">{session.address}</td>
          <td>
            <RelativeTime at={session.createdAt.toISOString()} />{" "}
            <span className="t3 sm">by {METHODS[session.method]}</span>
          </td>
          <td>
            <RelativeTime at={session.lastSeenAt.toISOString()} />
          </td>
          <td className="n">
            {session.isThis ? null : (
              <ActionButton action={revoke} fields={{ sessionId: session.id }} doing="Ending it" size="sm">
                End
              </ActionButton>
            )}
          </td>
        </tr>
      ))}
    </Table>
  );
}
