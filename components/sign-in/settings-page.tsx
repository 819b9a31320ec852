"use client";

import { ShieldAlert } from "lucide-react";
import type { TotpHolder } from "#lib/totp/schema.ts";
import { ActionButton } from "../form/action-button.tsx";
import { TextField } from "../form/field.tsx";
import { FormAnswer } from "../form/form-answer.tsx";
import type { FormAction } from "../form/state.ts";
import { useForm } from "../form/use-form.ts";
import { PageHead } from "../list/page-head.tsx";
import { Button } from "../ui/button.tsx";
import { Note } from "../ui/note.tsx";
import { Panel } from "../ui/panel.tsx";
import { RelativeTime } from "../ui/relative-time.tsx";
import { Table } from "../ui/table.tsx";
import { TotpPanel, type TotpPanelProps } from "./totp-panel.tsx";

export interface SignInSettingsProps extends TotpPanelProps {
  /** Their roles decide, and count for nothing before a second step is set up. */
  readonly mustEnrol: boolean;
  /** Reads `current`, `password` and `again`; null: they do not sign in by a password. */
  readonly changePassword: FormAction | null;
  readonly minLength: number;
  /** For whoever looks after people; `take` reads `personId`. */
  readonly others: { readonly holders: readonly TotpHolder[]; readonly take: FormAction } | null;
}

export function SignInSettings(props: SignInSettingsProps) {
  const { mustEnrol, changePassword, minLength, others, ...totp } = props;
  return (
    <div className="page">
      <PageHead title="Your sign-in" text="What shows that it is you." />
      {mustEnrol ? (
        <Note tone="need" icon={ShieldAlert} role="status">
          Whoever decides here needs a second step. Set up one-time codes first; until then your roles count
          for nothing.
        </Note>
      ) : null}
      <TotpPanel {...totp} />
      {changePassword ? <PasswordPanel action={changePassword} minLength={minLength} /> : null}
      {others && others.holders.length > 0 ? <OthersPanel {...others} /> : null}
    </div>
  );
}

function PasswordPanel({ action, minLength }: { action: FormAction; minLength: number }) {
  const form = useForm(action);
  const { fields } = form.state;
  return (
    <Panel title="Password" className="mt-4">
      <form {...form.props} className="grid max-w-lg gap-3.5 p-4">
        <TextField
          name="current"
          label="Present password"
          type="password"
          autoComplete="current-password"
          errors={fields}
        />
        <TextField
          name="password"
          label="New password"
          type="password"
          autoComplete="new-password"
          hint={`At least ${minLength} characters. Your other sessions end.`}
          errors={fields}
        />
        <TextField
          name="again"
          label="The same again"
          type="password"
          autoComplete="new-password"
          errors={fields}
        />
        <FormAnswer state={form.state} />
        <div className="row justify-end">
          <Button type="submit" pending={form.pending && "Changing it"}>
            Change the password
          </Button>
        </div>
      </form>
    </Panel>
  );
}

function OthersPanel({ holders, take }: NonNullable<SignInSettingsProps["others"]>) {
  return (
    <Panel
      title="Other people’s one-time codes"
      fact="for somebody who lost their device and their recovery codes"
      className="mt-4"
    >
      <Table
        label="Other people’s one-time codes"
        columns={[
          { key: "person", title: "Person" },
          { key: "since", title: "Set up" },
          { key: "take", title: "Take them away", quiet: true },
        ]}
      >
        {holders.map(({ personId, name, since }) => (
          <tr key={personId}>
            <td className="med">{name}</td>
            <td>
              <RelativeTime at={since.toISOString()} />
            </td>
            <td className="n">
              <ActionButton
                action={take}
                fields={{ personId }}
                doing="Taking them away"
                size="sm"
                tone="danger"
              >
                Take them away
              </ActionButton>
            </td>
          </tr>
        ))}
      </Table>
    </Panel>
  );
}
