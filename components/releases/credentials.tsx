"use client";

import { KeyRound } from "lucide-react";
import { useState } from "react";
import type { CredentialKind, CredentialView } from "#lib/releases/callbacks/schema.ts";
import { ActionButton } from "../form/action-button.tsx";
import { RadioCards } from "../form/choice.tsx";
import { DialogForm, OpensDialog, useClosingForm } from "../form/dialog-form.tsx";
import { TextField } from "../form/field.tsx";
import { GitHubAppFields } from "../form/github-app-fields.tsx";
import type { FormAction } from "../form/state.ts";
import { Empty } from "../ui/empty.tsx";
import { Panel } from "../ui/panel.tsx";
import { RelativeTime } from "../ui/relative-time.tsx";
import { Table } from "../ui/table.tsx";
import { Visible } from "../ui/visible.tsx";

export interface CredentialActions {
  /** Reads `pilotId`, `host`, `kind` and what the kind needs. */
  readonly keepCredential: FormAction;
  /** Reads `pilotId` and `credentialId`. */
  readonly dropCredential: FormAction;
}

export interface CredentialsProps {
  readonly pilotId: string;
  readonly credentials: readonly CredentialView[];
  readonly actions: CredentialActions;
}

const KINDS: Readonly<Record<CredentialKind, string>> = { github_app: "GitHub App", token: "Token" };

export function Credentials({ pilotId, credentials, actions }: CredentialsProps) {
  return (
    <Panel
      className="mt-4"
      title="What decisions are told with"
      actions={<SetCredential pilotId={pilotId} action={actions.keepCredential} />}
    >
      {credentials.length === 0 ? (
        <Empty
          icon={KeyRound}
          title="There is no credential"
          text="GitHub takes a decision from an app of yours alone. Until one is set here, pipelines ask for it themselves."
        />
      ) : (
        <Table
          label="Credentials"
          columns={[
            { key: "host", title: "Host" },
            { key: "kind", title: "Kind" },
            { key: "by", title: "Set by", wide: true },
            { key: "act", title: "" },
          ]}
        >
          {credentials.map(({ id, host, kind, setByName, setAt }) => (
            <tr key={id}>
              <td className="mono">
                <Visible text={host} mode="line" />
              </td>
              <td>{KINDS[kind]}</td>
              <td className="only-wide t2">
                <Visible text={setByName} mode="line" />, <RelativeTime at={setAt.toISOString()} />
              </td>
              <td>
                <ActionButton
                  action={actions.dropCredential}
                  fields={{ pilotId, credentialId: id }}
                  doing="Deleting"
                >
                  Delete
                </ActionButton>
              </td>
            </tr>
          ))}
        </Table>
      )}
    </Panel>
  );
}

function SetCredential({ pilotId, action }: { readonly pilotId: string; readonly action: FormAction }) {
  return (
    <OpensDialog
      button={{ icon: KeyRound, children: "Set a credential…" }}
      title="Set a credential"
      text="It is sealed to the worker before it is stored, and nobody can read it back. One that was set for the host before is deleted."
    >
      {(onClose) => <CredentialForm pilotId={pilotId} action={action} onClose={onClose} />}
    </OpensDialog>
  );
}

function CredentialForm({
  pilotId,
  action,
  onClose,
}: {
  readonly pilotId: string;
  readonly action: FormAction;
  readonly onClose: () => void;
}) {
  const form = useClosingForm(action, onClose);
  const [kind, setKind] = useState<CredentialKind>("github_app");
  const { fields } = form.state;
  return (
    <DialogForm {...{ form, onClose }} submit={["Seal and keep it", "Sealing it"]} hidden={{ pilotId }}>
      <TextField name="host" label="Host" mono defaultValue="api.github.com" errors={fields} />
      <RadioCards
        name="kind"
        label="Kind"
        defaultValue="github_app"
        onChange={(value) => setKind(value === "token" ? "token" : "github_app")}
        errors={fields}
        choices={[
          {
            value: "github_app",
            title: KINDS.github_app,
            text: "Asks for a short-lived token each time. The app reads actions and writes deployments.",
          },
          {
            value: "token",
            title: KINDS.token,
            text: "Sent as it is, to a server that speaks as GitHub does.",
          },
        ]}
      />
      {kind === "github_app" ? (
        <GitHubAppFields errors={fields} />
      ) : (
        <TextField name="token" label="Token" type="password" mono autoComplete="off" errors={fields} />
      )}
    </DialogForm>
  );
}
