"use client";

import { KeyRound } from "lucide-react";
import type { UpstreamKeyView } from "#lib/repositories/keys/schema.ts";
import { ActionButton } from "../form/action-button.tsx";
import { DialogForm, OpensDialog } from "../form/dialog-form.tsx";
import { TextAreaField } from "../form/field.tsx";
import type { FormAction } from "../form/state.ts";
import { useForm } from "../form/use-form.ts";
import { RelativeTime } from "../ui/relative-time.tsx";
import { Visible } from "../ui/visible.tsx";

export interface UpstreamKeyActions {
  /** Reads `repositoryId`, `hostKeys` and `privateKey`; answers with the public half. */
  readonly set: FormAction;
  /** Reads `repositoryId`. */
  readonly end: FormAction;
}

export interface UpstreamKeyPartProps {
  readonly repositoryId: string;
  /** As the repository has it. */
  readonly source: string;
  /** Null before somebody set one: nothing is fetched until then. */
  readonly upstreamKey: UpstreamKeyView | null;
  /** Null for a person who may not. */
  readonly actions: UpstreamKeyActions | null;
}

export function UpstreamKeyPart({ repositoryId, source, upstreamKey, actions }: UpstreamKeyPartProps) {
  return (
    <div className="t3 sm" data-upstream-key={upstreamKey ? "set" : "missing"}>
      {upstreamKey ? (
        <Pinned upstreamKey={upstreamKey} />
      ) : (
        <div className="need">No host key is pinned yet, so nothing is fetched and nothing pushed.</div>
      )}
      {actions ? (
        <div className="row flex-wrap acts pt-1">
          <SetKey {...{ repositoryId, source }} action={actions.set} again={upstreamKey !== null} />
          {upstreamKey ? (
            <ActionButton action={actions.end} fields={{ repositoryId }} size="sm" doing="Deleting">
              Delete the key
            </ActionButton>
          ) : null}
        </div>
      ) : null}
    </div>
  );
}

function Pinned({
  upstreamKey: { publicKey, hostKeys, setByName, setAt },
}: {
  readonly upstreamKey: UpstreamKeyView;
}) {
  return (
    <>
      <div>
        Pinned by <Visible text={setByName} mode="line" /> <RelativeTime at={setAt.toISOString()} />:
      </div>
      {hostKeys.map(({ type, fingerprint }) => (
        <div key={fingerprint} className="mono tw">
          {type} {fingerprint}
        </div>
      ))}
      <div>The host is shown this key, which has to stand on its list of deploy keys:</div>
      <div className="mono tw">{publicKey}</div>
    </>
  );
}

interface SetKeyProps {
  readonly repositoryId: string;
  readonly source: string;
  readonly action: FormAction;
}

function SetKey({ again, ...props }: SetKeyProps & { readonly again: boolean }) {
  const children = again ? "Pin and set anew…" : "Pin its host key…";
  return (
    <OpensDialog
      button={{ size: "sm", icon: KeyRound, children }}
      title="Pin the host's key"
      text="The worker speaks to the host only where it shows a key that is pinned here. Take it from where its owner publishes it, or compare fingerprints: what ssh-keyscan prints is what the network said."
    >
      {(onClose) => <SetKeyForm {...props} onClose={onClose} />}
    </OpensDialog>
  );
}

/** It stays open when it is done: the public half is to be copied from there. */
function SetKeyForm({
  repositoryId,
  source,
  action,
  onClose,
}: SetKeyProps & { readonly onClose: () => void }) {
  const form = useForm(action);
  const { fields, done } = form.state;
  return (
    <DialogForm {...{ form, onClose }} submit={["Seal and pin", "Sealing it"]} hidden={{ repositoryId }}>
      <div className="t2 sm mono tw">
        <Visible text={source} />
      </div>
      {done ? null : (
        <>
          <TextAreaField
            name="hostKeys"
            label="Public keys of the host"
            mono
            rows={4}
            placeholder="git.example.com ssh-ed25519 AAAA…"
            hint="One a line, as in a file of known hosts. Any of them will do."
            autoComplete="off"
            errors={fields}
          />
          <TextAreaField
            name="privateKey"
            label="Private key to show there"
            mono
            rows={4}
            hint="Left empty, one is made, and you are told its public half. In OpenSSH's format and without a passphrase; sealed to the worker, and nobody can read it back."
            autoComplete="off"
            errors={fields}
          />
        </>
      )}
    </DialogForm>
  );
}
