import { TriangleAlert } from "lucide-react";
import { KPIS } from "#lib/kpis/definitions/registry.ts";
import { metricForecast } from "#lib/kpis/power.ts";
import { MetricKpi } from "#lib/kpis/schema/kpi-id.ts";
import type { FormValues } from "#lib/pilots/form.ts";
import { errorsOf } from "../../form/state.ts";
import { Wrong } from "../../form/wrong.tsx";
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

/** Which numbers say whether the pilot succeeds: target, what it is held against, and what it will be able to tell. */
export function Metrics({ typed, now, ...own }: MetricsProps) {
  const wrong = errorsOf(own.errors, "goal.metrics");
  const expected = expectedOf(typed, now);
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
      <Wrong sentences={wrong} />
    </fieldset>
  );
}
