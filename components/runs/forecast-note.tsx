import { leftOf } from "#lib/budgets/rules.ts";
import type { BudgetState, Forecast } from "#lib/budgets/schema.ts";
import { formatMicros, plural } from "../format.ts";
import { Note } from "../ui/note.tsx";

export interface ChosenForecast extends Forecast {
  readonly pilotId: string;
  readonly agentId: string;
}

const left = (state: BudgetState) => formatMicros(leftOf(state));

/** What a run may cost, before it is launched. */
export function ForecastNote({ forecast }: { forecast: ChosenForecast }) {
  const { hasPrice, atMostMicros, day, pilot, past } = forecast;
  if (!hasPrice)
    return (
      <Note tone="need">Nobody has set what this model costs, so none of its calls will be let through.</Note>
    );
  if (atMostMicros === 0)
    return (
      <Note tone="need">The budget of today, or of the pilot, is used up: no call will be let through.</Note>
    );
  return (
    <Note>
      It may cost {formatMicros(atMostMicros)} at most. Left are {left(day)} of today and {left(pilot)} of the
      pilot.{" "}
      {past
        ? `The agent's last ${plural(past.runs, "run")} here cost ${formatMicros(past.medianMicros)} at the median, ${formatMicros(past.mostMicros)} at most.`
        : "The agent has not run here yet."}
    </Note>
  );
}
