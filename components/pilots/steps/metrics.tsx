"use client";

import { Plus, TriangleAlert } from "lucide-react";
import { useState } from "react";
import { KPIS } from "#lib/kpis/definitions/registry.ts";
import { metricForecast } from "#lib/kpis/power.ts";
import { MetricKpi } from "#lib/kpis/schema/kpi-id.ts";
import type { FormValues } from "#lib/pilots/form.ts";
import { errorsOf } from "../../form/state.ts";
import { Wrong } from "../../form/wrong.tsx";
import { Button } from "../../ui/button.tsx";
import { Icon } from "../../ui/icon.tsx";
import { expectedOf } from "../wizard/expected.ts";
import { NumberField, type PartProps } from "./fields.tsx";

export interface MetricsProps extends PartProps {
  /** What stands in the form now. */
  readonly typed: FormValues;
  /** Milliseconds. */
  readonly now: number;
}

const TEXTS = 4;
const isNumber = (text: string) => /^[0-9]*$/.test(text.trim());

const rowOf = (values: FormValues, kpi: MetricKpi): readonly string[] => {
  const texts = values["goal.metrics"] ?? [];
  const at =
    typeof texts === "string" ? -1 : texts.findIndex((text, index) => index % TEXTS === 0 && text === kpi);
  return at < 0 ? [kpi, "", "", ""] : (texts.slice(at, at + TEXTS) as readonly string[]);
};

const isWritten = (values: FormValues, kpi: MetricKpi): boolean =>
  rowOf(values, kpi)
    .slice(1)
    .some((text) => text.trim() !== "");

const targetOf = (kpi: MetricKpi): string => `f-metric-${kpi}`;

/** Which numbers say whether the pilot succeeds: target, what it is held against, and what it will be able to tell. */
export function Metrics({ typed, now, ...own }: MetricsProps) {
  const wrong = errorsOf(own.errors, "goal.metrics");
  const expected = expectedOf(typed, now);
  const [added, setAdded] = useState<readonly MetricKpi[]>(() =>
    MetricKpi.options.filter((kpi) => isWritten(typed, kpi)),
  );
  const isShown = (kpi: MetricKpi) =>
    added.includes(kpi) || isWritten(own.values, kpi) || isWritten(typed, kpi);
  const others = MetricKpi.options.filter((kpi) => !isShown(kpi));
  return (
    <fieldset className="grid gap-3">
      <legend className="label mb-1.5">Success metrics</legend>
      <p className="hint">
        Give those a target by which the pilot is judged. Without a baseline its first week is measured.
      </p>
      <div className="r4">
        <NumberField
          {...own}
          name="goal.runsPerWeek"
          label="Runs expected"
          unit="a week"
          hint="For the forecast."
        />
        <NumberField
          {...own}
          name="goal.baselineDays"
          label="Measured without agents first"
          unit="days"
          hint="Nothing is launched so long; 0: no such time."
        />
      </div>
      <ul className="metrics">
        {MetricKpi.options.map((kpi) => {
          // The form has four texts for every number, shown or not: drafts and what is unchanged are told by them.
          if (!isShown(kpi)) return <Unshown key={kpi} kpi={kpi} />;
          const [, target = "", baseline = "", source = ""] = rowOf(own.values, kpi);
          const [, aimed = "", held = ""] = rowOf(typed, kpi);
          const forecast = aimed.trim() === "" ? null : metricForecast(kpi, expected);
          const { title, unit, better, definition } = KPIS[kpi];
          const bad = wrong.length > 0 && !(isNumber(aimed) && isNumber(held));
          return (
            <li key={kpi} className="metric" data-metric={kpi} data-chosen={aimed.trim() !== ""}>
              <input type="hidden" name="goal.metrics" value={kpi} />
              <span className="med" title={definition}>
                {title}
              </span>
              <label className="metric-n">
                <span className="xs t3">{better === "more" ? "Target, at least" : "Target, at most"}</span>
                <span className="suf">
                  <input
                    name="goal.metrics"
                    className="input num"
                    inputMode="numeric"
                    autoComplete="off"
                    maxLength={9}
                    aria-label={`${title}: target`}
                    id={targetOf(kpi)}
                    aria-invalid={bad ? true : undefined}
                    defaultValue={target}
                  />
                  <span>{unit}</span>
                </span>
              </label>
              <label className="metric-n">
                <span className="xs t3">Baseline</span>
                <span className="suf">
                  <input
                    name="goal.metrics"
                    className="input num"
                    inputMode="numeric"
                    autoComplete="off"
                    maxLength={9}
                    placeholder="measure"
                    aria-label={`${title}: baseline`}
                    defaultValue={baseline}
                  />
                  <span>{unit}</span>
                </span>
              </label>
              <label className="metric-s">
                <span className="xs t3">Where it comes from</span>
                <input
                  name="goal.metrics"
                  className="input"
                  autoComplete="off"
                  maxLength={160}
                  placeholder={held.trim() === "" ? "the first week" : ""}
                  aria-label={`${title}: where the baseline comes from`}
                  defaultValue={source}
                />
              </label>
              {forecast ? (
                <p className={`metric-f xs ${forecast.isShort ? "need" : "t3"}`}>
                  {forecast.isShort ? <Icon of={TriangleAlert} size={12} /> : null} {forecast.sentence}
                </p>
              ) : null}
            </li>
          );
        })}
      </ul>
      {others.length > 0 ? <AddNumber others={others} add={(kpi) => setAdded([...added, kpi])} /> : null}
      <Wrong sentences={wrong} />
    </fieldset>
  );
}

function Unshown({ kpi }: { kpi: MetricKpi }) {
  return (
    <li hidden>
      <input type="hidden" name="goal.metrics" value={kpi} />
      <input type="hidden" name="goal.metrics" value="" />
      <input type="hidden" name="goal.metrics" value="" />
      <input type="hidden" name="goal.metrics" value="" />
    </li>
  );
}

/** A number of its own row, chosen by name; its target is where the keyboard goes on. */
function AddNumber({ others, add }: { others: readonly MetricKpi[]; add: (kpi: MetricKpi) => void }) {
  const [chosen, setChosen] = useState<MetricKpi | undefined>(undefined);
  const kpi = chosen && others.includes(chosen) ? chosen : others[0];
  if (kpi === undefined) return null;
  return (
    <div className="row metric-add">
      <label className="vh" htmlFor="f-metric-add">
        Another number
      </label>
      <select
        id="f-metric-add"
        className="input select fit"
        value={kpi}
        onChange={({ target }) => setChosen(others.find((other) => other === target.value))}
      >
        {others.map((other) => (
          <option key={other} value={other}>
            {KPIS[other].title}
          </option>
        ))}
      </select>
      <Button
        type="button"
        icon={Plus}
        onClick={() => {
          add(kpi);
          // Its row is there with the next frame.
          requestAnimationFrame(() => document.getElementById(targetOf(kpi))?.focus());
        }}
      >
        Add a number
      </Button>
    </div>
  );
}
