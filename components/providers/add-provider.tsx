"use client";

import { Plus } from "lucide-react";
import { useState } from "react";
import type { ProviderKind } from "#lib/providers/schema.ts";
import { RadioCards } from "../form/choice.tsx";
import { DialogForm, OpensDialog } from "../form/dialog-form.tsx";
import { TextField } from "../form/field.tsx";
import type { FormAction } from "../form/state.ts";
import { useForm } from "../form/use-form.ts";
import { KIND_WORDS } from "./words.ts";

export interface AddProviderProps {
  /** Reads `kind`, `name`, `baseUrl`, `apiVersion`, `organization` and `project`; leads to the provider's page. */
  readonly action: FormAction;
}

const TEXTS: Readonly<Record<ProviderKind, string>> = {
  openai: "Responses and Chat Completions, at api.openai.com unless you write another address.",
  azure_openai: "Your own resource: its address ends with /openai/v1.",
  anthropic: "Messages, at api.anthropic.com unless you write another address.",
  openai_compatible: "Whatever speaks OpenAI's protocol: a router, a server of your own.",
};

const KINDS = Object.keys(TEXTS) as ProviderKind[];
const ADDRESSED: readonly ProviderKind[] = ["azure_openai", "openai_compatible"];

export function AddProvider({ action }: AddProviderProps) {
  return (
    <OpensDialog
      button={{ tone: "ink", icon: Plus, children: "Add a provider…" }}
      title="Add a provider"
      text="Where models are. Its address stays as it is for ever, since a key that was sealed for one would go to the other; the key comes next."
    >
      {(onClose) => <AddForm action={action} onClose={onClose} />}
    </OpensDialog>
  );
}

function AddForm({ action, onClose }: AddProviderProps & { onClose: () => void }) {
  const form = useForm(action);
  const [kind, setKind] = useState<ProviderKind>("openai");
  const { fields } = form.state;
  const choose = (value: string) => setKind(KINDS.find((known) => known === value) ?? "openai");
  return (
    <DialogForm {...{ form, onClose }} submit={["Add it", "Adding it"]}>
      <RadioCards
        name="kind"
        label="Kind"
        defaultValue="openai"
        onChange={choose}
        errors={fields}
        choices={KINDS.map((value) => ({ value, title: KIND_WORDS[value], text: TEXTS[value] }))}
      />
      <TextField
        name="name"
        label="Name"
        hint="as your people know it"
        maxLength={80}
        autoComplete="off"
        errors={fields}
      />
      <TextField
        name="baseUrl"
        label="Address"
        mono
        hint={ADDRESSED.includes(kind) ? "https://…, without the key" : "leave it empty for the usual one"}
        autoComplete="off"
        errors={fields}
      />
      {kind === "azure_openai" ? (
        <TextField name="apiVersion" label="API version" mono hint="the v1 path needs none" errors={fields} />
      ) : null}
      {kind === "openai" ? (
        <>
          <TextField name="organization" label="Organization" mono hint="optional" errors={fields} />
          <TextField name="project" label="Project" mono hint="optional" errors={fields} />
        </>
      ) : null}
    </DialogForm>
  );
}
