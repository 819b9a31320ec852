"use client";

import { RunKind } from "#lib/pilots/schema/goal.ts";
import { dollarsOf } from "#lib/prices/dollars.ts";
import type { RateView } from "#lib/spend/schema.ts";
import { DialogForm, OpensDialog, useClosingForm } from "../form/dialog-form.tsx";
import { SelectField, TextField } from "../form/field.tsx";
import type { FormAction } from "../form/state.ts";
import { formatDay } from "../format.ts";
import { Panel } from "../ui/panel.tsx";
import { Table } from "../ui/table.tsx";
import { Visible } from "../ui/visible.tsx";

export interface RatesPanelProps {
  readonly pilotId: string;
  readonly rates: readonly RateView[];
  readonly today: string;
  /** Null for a person who may not. */
  readonly setFix: FormAction | null;
  readonly setHour: FormAction | null;
}

const WORDS: Record<RateView["what"], string> = {
  fix: "A fix before",
  runner_hour: "An hour of a runner",
  person_hour: "An hour of a person",
};

const amountOf = ({ what, low, high }: RateView): string =>
  what === "fix" ? (low === high ? `${low} min` : `${low} to ${high} min`) : `$${dollarsOf(high)}`;

/** What people wrote down, with where they had it from. */
export function RatesPanel({ pilotId, rates, today, setFix, setHour }: RatesPanelProps) {
  return (
    <Panel
      title="What was written down"
      fact="a figure holds from its day on; of one day the last one counts"
      className="mt-4"
      actions={
        <>
          {setFix ? <FixForm pilotId={pilotId} today={today} action={setFix} /> : null}
          {setHour ? <HourForm pilotId={pilotId} today={today} action={setHour} /> : null}
        </>
      }
    >
      {rates.length === 0 ? (
        <p className="t3 p-4">
          Nobody has said yet what a fix took before agents came, or what an hour costs.
        </p>
      ) : (
        <Table
          label="What was written down"
          columns={[
            { key: "what", title: "What" },
            { key: "amount", title: "Figure", number: true },
            { key: "from", title: "From" },
            { key: "source", title: "Source" },
          ]}
        >
          {rates.map((rate) => (
            <tr key={rate.id}>
              <td>
                {WORDS[rate.what]} {rate.kind ? <span className="t3">{rate.kind}</span> : null}
              </td>
              <td className="n">{amountOf(rate)}</td>
              <td className="nowrap">{formatDay(rate.fromDay)}</td>
              <td className="tw">
                <Visible text={rate.source} />
              </td>
            </tr>
          ))}
        </Table>
      )}
    </Panel>
  );
}

interface RateFormProps {
  readonly pilotId: string;
  readonly today: string;
  readonly action: FormAction;
}

const SOURCE = "A time sheet, a bill, an estimate of whom. It stands beside the figure.";

function FixForm(props: RateFormProps) {
  return (
    <OpensDialog
      button={{ children: "What a fix took" }}
      title="What a fix took before"
      text="Minutes of people for one fix of a kind, before agents did it. Hours reclaimed are told from it."
    >
      {(onClose) => <FixFields {...props} onClose={onClose} />}
    </OpensDialog>
  );
}

function FixFields({ pilotId, today, action, onClose }: RateFormProps & { onClose: () => void }) {
  const form = useClosingForm(action, onClose);
  const errors = form.state.fields;
  return (
    <DialogForm form={form} onClose={onClose} submit={["Write it down", "Writing"]} hidden={{ pilotId }}>
      <SelectField
        name="kind"
        label="Kind of run"
        errors={errors}
        options={RunKind.options.map((kind) => ({ value: kind, title: kind }))}
      />
      <TextField name="low" label="At least" unit="min" inputMode="numeric" errors={errors} required />
      <TextField name="high" label="At most" unit="min" inputMode="numeric" errors={errors} required />
      <TextField name="fromDay" label="Of merges from" defaultValue={today} errors={errors} required />
      <TextField name="source" label="Source" hint={SOURCE} maxLength={500} errors={errors} required />
    </DialogForm>
  );
}

function HourForm(props: RateFormProps) {
  return (
    <OpensDialog
      button={{ children: "What an hour costs" }}
      title="What an hour costs"
      text="Hours of runners are those of their leases; hours of people are those of weeks in which at least three were counted."
    >
      {(onClose) => <HourFields {...props} onClose={onClose} />}
    </OpensDialog>
  );
}

function HourFields({ pilotId, today, action, onClose }: RateFormProps & { onClose: () => void }) {
  const form = useClosingForm(action, onClose);
  const errors = form.state.fields;
  return (
    <DialogForm form={form} onClose={onClose} submit={["Write it down", "Writing"]} hidden={{ pilotId }}>
      <SelectField
        name="what"
        label="Of"
        errors={errors}
        options={[
          { value: "runner_hour", title: "a runner" },
          { value: "person_hour", title: "a person" },
        ]}
      />
      <TextField
        name="price"
        label="Price of an hour"
        unit="USD"
        inputMode="decimal"
        errors={errors}
        required
      />
      <TextField name="fromDay" label="From" defaultValue={today} errors={errors} required />
      <TextField name="source" label="Source" hint={SOURCE} maxLength={500} errors={errors} required />
    </DialogForm>
  );
}
