"use client";

import { Plus } from "lucide-react";
import { useState } from "react";
import type { ProviderKind } from "#lib/providers/schema.ts";
import { RadioCards } from "../form/choice.tsx";
import { TextField } from "../form/field.tsx";
import { FormAnswer } from "../form/form-answer.tsx";
import type { FormAction } from "../form/state.ts";
import { useForm } from "../form/use-form.ts";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
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
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button tone="ink" icon={Plus} onClick={() => setOpen(true)}>
        Add a provider…
      </Button>
      <Dialog
        open={open}
        onClose={() => setOpen(false)}
        title="Add a provider"
        text="Where models are. Its address stays as it is for ever, since a key that was sealed for one would go to the other; the key comes next."
      >
        <AddForm action={action} onClose={() => setOpen(false)} />
      </Dialog>
    </>
  );
}

function AddForm({ action, onClose }: AddProviderProps & { onClose: () => void }) {
  const form = useForm(action);
  const [kind, setKind] = useState<ProviderKind>("openai");
  const { fields } = form.state;
  const choose = (value: string) => setKind(KINDS.find((known) => known === value) ?? "openai");
  return (
    <form {...form.props} className="grid gap-3.5">
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
      <FormAnswer state={form.state} />
      <div className="row justify-end acts">
        <Button size="lg" onClick={onClose}>
          Close
        </Button>
        <Button type="submit" size="lg" tone="ink" pending={form.pending && "Adding it"}>
          Add it
        </Button>
      </div>
    </form>
  );
}
