"use client";

import { Play } from "lucide-react";
import { useState } from "react";
import type { ApproversLeft } from "#lib/gates/approver-rules.ts";
import { SelectField, TextAreaField, TextField } from "../form/field.tsx";
import { FormAnswer } from "../form/form-answer.tsx";
import type { FormAction } from "../form/state.ts";
import { useForm } from "../form/use-form.ts";
import { PageHead } from "../list/page-head.tsx";
import { WhoMayApprove } from "../review/who-may-approve.tsx";
import { Button } from "../ui/button.tsx";
import { Note } from "../ui/note.tsx";
import { type ChosenForecast, ForecastNote } from "./forecast-note.tsx";

export interface LaunchFormProps {
  /** Pilots that may take a run now. */
  readonly pilots: readonly {
    readonly id: string;
    readonly name: string;
    readonly repository: string;
    readonly goal: string;
    /** Kinds of work its runs may be of; the first where nobody chooses. */
    readonly kinds: readonly string[];
    /** Who could approve what this person launches. */
    readonly approvers: ApproversLeft | null;
  }[];
  readonly agents: readonly { readonly id: string; readonly name: string; readonly model: string | null }[];
  /** Of agents with a model, by pilot. */
  readonly forecasts: readonly ChosenForecast[];
  readonly pilotId?: string | undefined;
  /** Written before, to be read, changed and sent. */
  readonly title?: string | undefined;
  readonly task?: string | undefined;
  /** Made on the server for this showing of the form, so that a double submit is one run. */
  readonly requestKey: string;
  /** Reads `pilotId`, `agentId`, `title`, `task` and `requestKey`; leads to the run. */
  readonly action: FormAction;
}

/** A task is for one that reads it; else the recipe, which costs nothing. */
const firstAgent = (agents: LaunchFormProps["agents"], hasTask: boolean) =>
  agents.find(({ model }) => (model !== null) === hasTask) ?? agents[0];

export function LaunchForm({
  pilots,
  agents,
  forecasts,
  pilotId,
  requestKey,
  action,
  title,
  task,
}: LaunchFormProps) {
  const form = useForm(action);
  const fields = form.state.fields;
  const [agentId, setAgentId] = useState(firstAgent(agents, task !== undefined)?.id ?? "");
  const [chosenPilot, setChosenPilot] = useState(pilotId ?? pilots[0]?.id ?? "");
  const forecast = forecasts.find((each) => each.pilotId === chosenPilot && each.agentId === agentId);
  const approvers = pilots.find(({ id }) => id === chosenPilot)?.approvers ?? null;
  const kinds = pilots.find(({ id }) => id === chosenPilot)?.kinds ?? [];
  const agent = agents.find(({ id }) => id === agentId);
  return (
    <div className="page narrow">
      <PageHead
        title="Launch a run"
        text="One agent, on the newest commit of the pilot's branch, under its active charter. Who launches may not approve its merge."
      />
      {pilots.length === 0 ? (
        <Note tone="need">
          No pilot is active. A charter has to be written and activated by two people first.
        </Note>
      ) : (
        <form {...form.props} className="panel grid gap-4 p-5">
          <input type="hidden" name="requestKey" value={requestKey} />
          <SelectField
            name="pilotId"
            label="Pilot"
            value={chosenPilot}
            onChange={(event) => setChosenPilot(event.currentTarget.value)}
            options={pilots.map(({ id, name, repository }) => ({
              value: id,
              title: `${name} (${repository})`,
            }))}
            errors={fields}
          />
          <SelectField
            name="agentId"
            label="Agent"
            value={agentId}
            onChange={(event) => setAgentId(event.currentTarget.value)}
            options={agents.map(({ id, name, model }) => ({
              value: id,
              title: model === null ? name : `${name} (${model})`,
            }))}
            errors={fields}
          />
          {kinds.length > 1 ? (
            <SelectField
              key={chosenPilot}
              name="kind"
              label="Kind of work"
              options={kinds.map((kind) => ({ value: kind, title: kind }))}
              errors={fields}
            />
          ) : null}
          <TextField
            name="title"
            label="What for"
            placeholder="Repair the failing tests of main"
            defaultValue={title}
            hint="Stands on the run, in the review and in the merge commit."
            errors={fields}
            autoComplete="off"
          />
          {agent && agent.model !== null ? (
            <TextAreaField
              name="task"
              label="Task"
              rows={6}
              defaultValue={task}
              hint="The agent reads this word for word, and sends it to the provider of its model."
              errors={fields}
            />
          ) : null}
          {approvers && !approvers.isEnough ? (
            <Note tone="bad">
              If you launch it, nobody could merge it. <WhoMayApprove left={approvers} />
            </Note>
          ) : approvers ? (
            <WhoMayApprove left={approvers} />
          ) : null}
          {forecast ? <ForecastNote forecast={forecast} /> : null}
          <FormAnswer state={form.state} />
          <div className="row justify-end acts">
            <Button type="submit" size="lg" tone="ink" icon={Play} pending={form.pending && "Launching"}>
              Launch
            </Button>
          </div>
        </form>
      )}
    </div>
  );
}
