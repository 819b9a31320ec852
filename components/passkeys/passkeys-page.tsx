import { Fingerprint } from "lucide-react";
import type { PasskeyView } from "#lib/passkeys/schema.ts";
import type { FormAction } from "../form/state.ts";
import { plural } from "../format.ts";
import { PageHead } from "../list/page-head.tsx";
import { Empty } from "../ui/empty.tsx";
import { Note } from "../ui/note.tsx";
import { Panel } from "../ui/panel.tsx";
import type { AskToEnrol } from "./ceremony.ts";
import { EnrolForm } from "./enrol-form.tsx";
import { PasskeyTable } from "./passkey-table.tsx";

export interface PasskeysPageProps {
  readonly address: { readonly origin: string; readonly problem: string | null };
  readonly own: readonly PasskeyView[];
  /** Null for whoever confirms none. */
  readonly others: readonly PasskeyView[] | null;
  readonly actions: {
    readonly ask: AskToEnrol;
    /** Reads `name` and `registration`. */
    readonly enrol: FormAction;
    /** Reads `passkeyId` and `credential`. */
    readonly confirm: FormAction;
    /** Reads `passkeyId`. */
    readonly remove: FormAction;
  };
}

export function PasskeysPage({ address, own, others, actions }: PasskeysPageProps) {
  const waiting = others?.filter(({ confirmedAt }) => confirmedAt === null).length ?? 0;
  return (
    <div className="page">
      <PageHead
        title="Passkeys"
        text="What you sign decisions with, where a charter asks for it. One counts once somebody else has confirmed it."
      />
      {address.problem === null ? (
        <Note>
          They are bound to <span className="mono">{address.origin}</span>. Under another name
          (PILOTHOUSE_URL) all of them are lost: everybody enrols again, and is confirmed again.
        </Note>
      ) : (
        <Note tone="bad" role="alert">
          {address.problem}
        </Note>
      )}
      <Panel title="Yours" fact={plural(own.length, "passkey")} className="mt-4">
        {own.length === 0 ? (
          <Empty
            icon={Fingerprint}
            title="You have no passkey"
            text="Add one from this device, from a phone, or from a security key."
          />
        ) : (
          <PasskeyTable label="Your passkeys" passkeys={own} remove={actions.remove} />
        )}
        {address.problem === null ? <EnrolForm ask={actions.ask} enrol={actions.enrol} /> : null}
      </Panel>
      {others === null ? null : (
        <Panel
          title="Of others"
          fact={waiting === 0 ? "none waits" : `${waiting} to confirm`}
          className="mt-4"
        >
          {others.length === 0 ? (
            <Empty
              icon={Fingerprint}
              title="Nobody else has one"
              text="Passkeys of others stand here until you, or another who may, confirm them."
            />
          ) : (
            <>
              <p className="t2 sm p-4">
                Confirm only what its owner tells you is theirs, by another way than this page: they see the
                same key as you do. What it signs counts from then on.
              </p>
              <PasskeyTable
                label="Passkeys of others"
                passkeys={others}
                confirm={actions.confirm}
                remove={actions.remove}
              />
            </>
          )}
        </Panel>
      )}
    </div>
  );
}
