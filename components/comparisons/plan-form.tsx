"use client";

import { Plus, Scale, X } from "lucide-react";
import { useState } from "react";
import { ceilingOf } from "#lib/comparisons/rules.ts";
import { MOST_ATTEMPTS, MOST_EACH, MOST_TASKS } from "#lib/comparisons/schema.ts";
import { SelectField, TextAreaField, TextField } from "../form/field.tsx";
import { FormAnswer } from "../form/form-answer.tsx";
import { errorsOf, type FormAction } from "../form/state.ts";
import { useForm } from "../form/use-form.ts";
import { Wrong } from "../form/wrong.tsx";
import { formatMicros, plural } from "../format.ts";
import { PageHead } from "../list/page-head.tsx";
import { Button } from "../ui/button.tsx";
import { Empty } from "../ui/empty.tsx";
import { Note } from "../ui/note.tsx";

interface Named {
  readonly id: string;
  readonly name: string;
}

export interface PlanFormProps {
  readonly pilots: readonly (Named & {
    readonly kinds: readonly string[];
    /** Those its charter names; empty: any. */
    readonly agents: readonly string[];
    readonly budgetRunCents: number;
    readonly reviewers: readonly Named[];
  })[];
  /** With a model: others read no task. */
  readonly agents: readonly (Named & { readonly model: string })[];
  readonly action: FormAction;
}

export function PlanForm({ pilots, agents, action }: PlanFormProps) {
  const form = useForm(action);
  const { fields } = form.state;
  const [pilotId, setPilotId] = useState(pilots[0]?.id ?? "");
  const [tasks, setTasks] = useState<readonly number[]>([0]);
  const [each, setEach] = useState("3");
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const pilot = pilots.find(({ id }) => id === pilotId);
  if (!pilot)
    return (
      <div className="page">
        <PageHead title="Plan a comparison" />
        <Empty
          icon={Scale}
          title="No pilot to compare in"
          text="Agents are compared in an active pilot in which you may launch runs."
        />
      </div>
    );
  const allowed = agents.filter(({ id }) => pilot.agents.length === 0 || pilot.agents.includes(id));
  const attempts = chosen.length * tasks.length * (Number(each) || 0);
  const next = Math.max(...tasks) + 1;
  return (
    <div className="page narrow">
      <PageHead
        title="Plan a comparison"
        text="Nothing is launched yet. The base is the branch's head of now; charter and budgets are the pilot's."
      />
      <form {...form.props} className="grid gap-3.5">
        <SelectField
          name="pilotId"
          label="Pilot"
          value={pilotId}
          onChange={(event) => {
            setPilotId(event.target.value);
            setChosen([]);
          }}
          options={pilots.map(({ id, name }) => ({ value: id, title: name }))}
          errors={fields}
        />
        <TextField
          name="title"
          label="Name"
          errors={fields}
          autoComplete="off"
          placeholder="Autumn bake-off"
        />
        <Boxes
          name="agents"
          label="Contestants"
          none="No agent with a model that this charter allows is connected. Connect one under Agents, and allow it in the charter."
          choices={allowed.map(({ id, name, model }) => ({ id, name: `${name}, ${model}` }))}
          errors={errorsOf(fields, "agents")}
          onChange={setChosen}
          key={`agents of ${pilotId}`}
        />
        <Boxes
          name="reviewers"
          label="Who judges"
          none="Nobody but you may review in this pilot. Roles are given under People."
          hint="They are not told whose patch it is before it is closed, and the pages of these runs are closed to them."
          choices={pilot.reviewers}
          errors={errorsOf(fields, "reviewers")}
          key={`reviewers of ${pilotId}`}
        />
        <TextField
          name="each"
          label="Attempts of each agent at each task"
          hint={`1 to ${MOST_EACH}; at most ${MOST_ATTEMPTS} attempts in all.`}
          value={each}
          onChange={(event) => setEach(event.target.value)}
          inputMode="numeric"
          errors={fields}
        />
        {tasks.map((key, at) => (
          <fieldset key={key} className="grid gap-3.5 panel p-4">
            <legend className="med">Task {at + 1}</legend>
            <TextField name={`tasks.${key}.title`} label="Title" errors={fields} autoComplete="off" />
            <TextAreaField
              name={`tasks.${key}.task`}
              label="What is to be done"
              hint="Every contestant reads this word for word."
              rows={4}
              errors={fields}
            />
            <SelectField
              name={`tasks.${key}.kind`}
              label="Kind of work"
              options={pilot.kinds.map((kind) => ({ value: kind, title: kind }))}
              errors={fields}
            />
            {tasks.length > 1 ? (
              <div className="row justify-end">
                <Button icon={X} size="sm" onClick={() => setTasks(tasks.filter((other) => other !== key))}>
                  Leave this task out
                </Button>
              </div>
            ) : null}
          </fieldset>
        ))}
        <div className="row">
          <Button
            icon={Plus}
            blocked={tasks.length >= MOST_TASKS && `At most ${MOST_TASKS} tasks.`}
            onClick={() => setTasks([...tasks, next])}
          >
            Another task
          </Button>
        </div>
        <Note>
          {plural(attempts, "attempt")}, at most{" "}
          <b className="num">{formatMicros(ceilingOf(attempts, pilot.budgetRunCents))}</b> for calls of models
          by the charter's budget of a run. Budgets of a day and of the pilot hold besides.
        </Note>
        <FormAnswer state={form.state} />
        <div className="row justify-end acts">
          <Button type="submit" size="lg" tone="ink" icon={Scale} pending={form.pending && "Planning"}>
            Plan
          </Button>
        </div>
      </form>
    </div>
  );
}

interface BoxesProps {
  readonly name: string;
  readonly label: string;
  readonly hint?: string;
  /** What to do where there is nothing to choose. */
  readonly none: string;
  readonly choices: readonly Named[];
  readonly errors: readonly string[];
  readonly onChange?: (chosen: readonly string[]) => void;
}

function Boxes({ name, label, hint, none, choices, errors, onChange }: BoxesProps) {
  const [ticked, setTicked] = useState<readonly string[]>([]);
  const tick = (id: string, isOn: boolean) => {
    const now = isOn ? [...ticked, id] : ticked.filter((other) => other !== id);
    setTicked(now);
    onChange?.(now);
  };
  return (
    <fieldset className="field">
      <legend className="label">{label}</legend>
      {choices.length === 0 ? <p className="hint">{none}</p> : null}
      {choices.map((choice) => (
        <label key={choice.id} className="row">
          <input
            type="checkbox"
            className="check"
            name={`${name}[]`}
            value={choice.id}
            checked={ticked.includes(choice.id)}
            onChange={(event) => tick(choice.id, event.target.checked)}
          />
          <span className="med">{choice.name}</span>
        </label>
      ))}
      {errors.length > 0 ? <Wrong sentences={errors} /> : hint ? <p className="hint">{hint}</p> : null}
    </fieldset>
  );
}
