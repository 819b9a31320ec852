"use client";

import { Siren } from "lucide-react";
import type { PagerView } from "#lib/deliveries/pagers/schema.ts";
import { ActionButton } from "../form/action-button.tsx";
import { DialogForm, OpensDialog } from "../form/dialog-form.tsx";
import { SelectField, TextField } from "../form/field.tsx";
import type { FormAction } from "../form/state.ts";
import { useForm } from "../form/use-form.ts";
import { RelativeTime } from "../ui/relative-time.tsx";
import { Table } from "../ui/table.tsx";
import { Visible } from "../ui/visible.tsx";

const ABOUT_WORDS = {
  tests: "about tests",
  releases: "about releases",
  other: "about something else",
} as const satisfies Record<PagerView["about"], string>;

export interface ConnectPagerProps {
  readonly repositories: readonly { readonly id: string; readonly name: string }[];
  /** Reads `repositoryId`, `about` and `secret`; answers with the address to call. */
  readonly action: FormAction;
}

export function ConnectPager(props: ConnectPagerProps) {
  return (
    <OpensDialog
      button={{
        icon: Siren,
        blocked: props.repositories.length === 0 && "Add a repository first",
        children: "Connect PagerDuty…",
      }}
      title="Connect PagerDuty"
      text="Add a webhook, version 3, to the service there, for all events of incidents. PagerDuty then shows a signing secret, once: paste it here. It is sealed, and nobody can read it back."
    >
      {(onClose) => <ConnectForm {...props} onClose={onClose} />}
    </OpensDialog>
  );
}

function ConnectForm({
  repositories,
  action,
  onClose,
}: ConnectPagerProps & { readonly onClose: () => void }) {
  const form = useForm(action);
  const { fields } = form.state;
  return (
    <DialogForm {...{ form, onClose }} submit={["Seal and connect", "Sealing it"]}>
      <SelectField
        name="repositoryId"
        label="Repository"
        hint="what its incidents are about"
        errors={fields}
        options={repositories.map(({ id, name }) => ({ value: id, title: name }))}
      />
      <SelectField
        name="about"
        label="Its calls are"
        hint="calls about tests and releases count as people woken by them"
        errors={fields}
        options={(["releases", "tests", "other"] as const).map((about) => ({
          value: about,
          title: ABOUT_WORDS[about],
        }))}
      />
      <TextField
        name="secret"
        label="Signing secret"
        type="password"
        mono
        autoComplete="off"
        errors={fields}
      />
    </DialogForm>
  );
}

export interface PagerListProps {
  readonly pagers: readonly PagerView[];
  readonly origin: string;
  /** Reads `pagerId`; null for whoever may not. */
  readonly end: FormAction | null;
}

export function PagerList({ pagers, origin, end }: PagerListProps) {
  return (
    <Table
      label="Pagers"
      tall
      columns={[
        { key: "pager", title: "Pager" },
        { key: "since", title: "Connected", wide: true },
        { key: "end", title: "End", quiet: true },
      ]}
    >
      {pagers.map(({ id, repositoryName, about, connectedByName, connectedAt }) => (
        <tr key={id}>
          <td className="fill">
            <div className="cell2">
              <div className="med tw">
                PagerDuty, <Visible text={repositoryName} />, {ABOUT_WORDS[about]}
              </div>
              <div className="t3 sm mono tw">
                {origin}/api/pagers/{id}
              </div>
            </div>
          </td>
          <td className="nowrap t2 only-wide">
            <RelativeTime at={connectedAt.toISOString()} /> by <Visible text={connectedByName} />
          </td>
          <td className="nowrap">
            {end ? (
              <ActionButton action={end} fields={{ pagerId: id }} size="sm" doing="Ending">
                Disconnect
              </ActionButton>
            ) : null}
          </td>
        </tr>
      ))}
    </Table>
  );
}
