"use client";

import { Plus } from "lucide-react";
import { useState } from "react";
import type { FieldErrors } from "#lib/errors.ts";
import { ChannelKind } from "#lib/notices/schema.ts";
import { RadioCards } from "../form/choice.tsx";
import { DialogForm, OpensDialog } from "../form/dialog-form.tsx";
import { SelectField, TextField } from "../form/field.tsx";
import type { FormAction } from "../form/state.ts";
import { useForm } from "../form/use-form.ts";
import { CHANNEL_WORDS } from "./words.ts";

export interface AddChannelProps {
  /** Reads `kind`, `name` and what the kind needs. */
  readonly action: FormAction;
}

const TEXTS: Readonly<Record<ChannelKind, string>> = {
  smtp: "Your mail server. Each person is written to at their own address.",
  slack: "An incoming webhook of one Slack channel. All its readers see what is told.",
  pagerduty: "An Events API v2 integration of a service.",
  webhook: "An https address of yours. Each request is signed as Standard Webhooks says.",
};

export function AddChannel({ action }: AddChannelProps) {
  return (
    <OpensDialog
      button={{ tone: "ink", icon: Plus, children: "Add a channel…" }}
      title="Add a channel"
      text="Where people can be told. What is secret of it is sealed to the worker before it is stored; nobody can read it back."
    >
      {(onClose) => <AddForm action={action} onClose={onClose} />}
    </OpensDialog>
  );
}

function AddForm({ action, onClose }: AddChannelProps & { onClose: () => void }) {
  const form = useForm(action);
  const [kind, setKind] = useState<ChannelKind>("smtp");
  const { fields } = form.state;
  const choose = (value: string) => setKind(ChannelKind.options.find((known) => known === value) ?? "smtp");
  return (
    <DialogForm {...{ form, onClose }} submit={["Add it", "Sealing it"]}>
      <RadioCards
        name="kind"
        label="Kind"
        defaultValue="smtp"
        onChange={choose}
        errors={fields}
        choices={ChannelKind.options.map((value) => ({
          value,
          title: CHANNEL_WORDS[value],
          text: TEXTS[value],
        }))}
      />
      <TextField name="name" label="Name" hint="as your people know it" maxLength={60} errors={fields} />
      <KindFields kind={kind} fields={fields} />
    </DialogForm>
  );
}

function KindFields({ kind, fields }: { kind: ChannelKind; fields: FieldErrors | undefined }) {
  switch (kind) {
    case "smtp":
      return <MailFields fields={fields} />;
    case "slack":
    case "webhook":
      return (
        <TextField
          name="url"
          label="Address"
          type="password"
          mono
          autoComplete="off"
          hint="https://…, whole"
          errors={fields}
        />
      );
    case "pagerduty":
      return (
        <>
          <TextField
            name="routingKey"
            label="Integration key"
            type="password"
            mono
            autoComplete="off"
            errors={fields}
          />
          <SelectField
            name="region"
            label="Region"
            errors={fields}
            options={[
              { value: "us", title: "United States" },
              { value: "eu", title: "Europe" },
            ]}
          />
        </>
      );
  }
}

function MailFields({ fields }: { fields: FieldErrors | undefined }) {
  return (
    <>
      <div className="grid gap-3.5 sm:grid-cols-3">
        <TextField name="host" label="Server" mono placeholder="mail.example.org" errors={fields} />
        <TextField name="port" label="Port" inputMode="numeric" defaultValue="465" errors={fields} />
        <SelectField
          name="security"
          label="Security"
          errors={fields}
          options={[
            { value: "tls", title: "TLS" },
            { value: "starttls", title: "STARTTLS" },
            { value: "none", title: "None (this host)" },
          ]}
        />
      </div>
      <TextField name="from" label="Sender" mono placeholder="pilothouse@example.org" errors={fields} />
      <TextField name="user" label="User name" mono hint="empty where none is asked for" errors={fields} />
      <TextField name="password" label="Password" type="password" autoComplete="off" errors={fields} />
    </>
  );
}
