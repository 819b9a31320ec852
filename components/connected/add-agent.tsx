"use client";

import { Plus } from "lucide-react";
import { useId, useState } from "react";
import { RadioCards } from "../form/choice.tsx";
import { DialogForm, OpensDialog, useClosingForm } from "../form/dialog-form.tsx";
import { SelectField, TextField } from "../form/field.tsx";
import type { FormAction } from "../form/state.ts";

export interface AddAgentProps {
  /** Those that are switched on, with the models that have a price, by name. */
  readonly providers: readonly {
    readonly id: string;
    readonly name: string;
    readonly models: readonly string[];
  }[];
  /** Reads `name`, `driver`, `providerId`, `model`, `maxOutputTokens`, `concurrentCalls` and `contextTokens`. */
  readonly action: FormAction;
}

export function AddAgent(props: AddAgentProps) {
  return (
    <OpensDialog
      button={{
        tone: "ink",
        icon: Plus,
        blocked: props.providers.length === 0 && "Add a provider first",
        children: "Add an agent…",
      }}
      title="Add an agent"
      text="A program and the model it uses. The sandbox, the budgets of the charter and the gates bind it like every other."
    >
      {(onClose) => <AddForm {...props} onClose={onClose} />}
    </OpensDialog>
  );
}

function AddForm({ providers, action, onClose }: AddAgentProps & { onClose: () => void }) {
  const list = useId();
  const form = useClosingForm(action, onClose);
  const [providerId, setProviderId] = useState(providers[0]?.id ?? "");
  const models = providers.find(({ id }) => id === providerId)?.models ?? [];
  const { fields } = form.state;
  return (
    <DialogForm {...{ form, onClose }} submit={["Add it", "Adding it"]}>
      <TextField
        name="name"
        label="Name"
        hint="as it stands on runs and reviews"
        maxLength={80}
        autoComplete="off"
        errors={fields}
      />
      <RadioCards
        name="driver"
        label="Program"
        defaultValue="openai"
        errors={fields}
        choices={[
          {
            value: "openai",
            title: "Own loop",
            text: "Reads, edits, searches and runs commands over the Responses API. Nothing to install.",
          },
          {
            value: "codex",
            title: "Codex",
            text: "OpenAI's own program. Install it on the runners' host with npm run agents:add codex.",
          },
          {
            value: "claude",
            title: "Claude",
            text: "Anthropic's own program, under its terms, over the Messages API. npm run agents:add claude.",
          },
        ]}
      />
      <SelectField
        name="providerId"
        label="Provider"
        value={providerId}
        onChange={(event) => setProviderId(event.currentTarget.value)}
        options={providers.map(({ id, name }) => ({ value: id, title: name }))}
        errors={fields}
      />
      <TextField
        name="model"
        label="Model"
        mono
        list={list}
        autoComplete="off"
        hint={
          models.length === 0 ? "no model has a price yet: set one on the provider's page" : "needs a price"
        }
        errors={fields}
      />
      <datalist id={list}>
        {models.map((model) => (
          <option key={model} value={model} />
        ))}
      </datalist>
      <TextField
        name="maxOutputTokens"
        label="Longest answer"
        unit="tokens"
        inputMode="numeric"
        defaultValue="16384"
        hint="reasoning included; what so many cost is held back while a call is open"
        errors={fields}
      />
      <TextField
        name="concurrentCalls"
        label="Calls at a time"
        unit="a run"
        inputMode="numeric"
        defaultValue="4"
        errors={fields}
      />
      <TextField
        name="contextTokens"
        label="Context window"
        unit="tokens"
        inputMode="numeric"
        defaultValue="0"
        hint="of the model, as its provider says; the own loop sums its history up before it is full. 0: not known, then above 120,000"
        errors={fields}
      />
    </DialogForm>
  );
}
