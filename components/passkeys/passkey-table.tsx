import { CircleCheck, Clock, TriangleAlert } from "lucide-react";
import type { PasskeyView } from "#lib/passkeys/schema.ts";
import { ActionButton } from "../form/action-button.tsx";
import type { FormAction } from "../form/state.ts";
import { Remark } from "../ui/badge.tsx";
import { CopyId } from "../ui/copy-id.tsx";
import { RelativeTime } from "../ui/relative-time.tsx";
import { Table } from "../ui/table.tsx";
import { Visible } from "../ui/visible.tsx";

interface PasskeyTableProps {
  readonly label: string;
  readonly passkeys: readonly PasskeyView[];
  /** Given for passkeys of others, whose owners are named then. */
  readonly confirm?: FormAction;
  readonly remove: FormAction;
}

export function PasskeyTable({ label, passkeys, confirm, remove }: PasskeyTableProps) {
  return (
    <Table
      label={label}
      columns={[
        ...(confirm ? [{ key: "person", title: "Whose" }] : []),
        { key: "name", title: "Passkey" },
        { key: "state", title: "Counts" },
        { key: "key", title: "Key", wide: true },
        { key: "since", title: "Since", wide: true },
        { key: "used", title: "Last used", wide: true },
        { key: "actions", title: "Actions", quiet: true },
      ]}
    >
      {passkeys.map((passkey) => (
        <PasskeyRow key={passkey.id} passkey={passkey} confirm={confirm ?? null} remove={remove} />
      ))}
    </Table>
  );
}

interface PasskeyRowProps {
  readonly passkey: PasskeyView;
  readonly confirm: FormAction | null;
  readonly remove: FormAction;
}

function PasskeyRow({ passkey, confirm, remove }: PasskeyRowProps) {
  const { id, personName, name, credential, key, algorithm, createdAt, lastUsedAt, confirmedAt } = passkey;
  const isWaiting = confirmedAt === null;
  return (
    <tr>
      {confirm ? (
        <td>
          <Visible text={personName} />
        </td>
      ) : null}
      <td>
        <Visible text={name} /> <span className="t3 sm">{algorithm}</span>
      </td>
      <td>
        <Standing passkey={passkey} />
      </td>
      <td className="only-wide">
        <CopyId id={key} what="digest of the key" shown={key.slice(0, 16)} />
      </td>
      <td className="only-wide t2">
        <RelativeTime at={createdAt.toISOString()} />
      </td>
      <td className="only-wide t2">
        {lastUsedAt ? <RelativeTime at={lastUsedAt.toISOString()} /> : "never"}
      </td>
      <td>
        <div className="row justify-end">
          {confirm && isWaiting ? (
            <ActionButton
              action={confirm}
              fields={{ passkeyId: id, credential }}
              tone="ink"
              doing="Confirming"
            >
              Confirm
            </ActionButton>
          ) : null}
          <ActionButton action={remove} fields={{ passkeyId: id }} doing="Removing">
            {confirm && isWaiting ? "Turn away" : "Remove"}
          </ActionButton>
        </div>
      </td>
    </tr>
  );
}

function Standing({ passkey: { confirmedAt, confirmedByName, isUsable } }: { passkey: PasskeyView }) {
  if (!isUsable)
    return (
      <Remark tone="bad" icon={TriangleAlert}>
        Lost: bound to another address
      </Remark>
    );
  if (confirmedAt === null)
    return (
      <Remark tone="need" icon={Clock}>
        Waits to be confirmed
      </Remark>
    );
  return (
    <Remark tone="good" icon={CircleCheck}>
      Confirmed by <Visible text={confirmedByName ?? ""} />
    </Remark>
  );
}
