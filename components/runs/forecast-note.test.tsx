import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, test } from "vitest";
import { type ChosenForecast, ForecastNote } from "./forecast-note.tsx";

const state = (name: "day" | "pilot", limitMicros: number, spentMicros: number) => ({
  ...{ name, limitMicros, spentMicros, reservedMicros: 1_000_000 },
});
const forecast = (more: Partial<ChosenForecast> = {}): ChosenForecast => ({
  ...{ pilotId: "pil_1", agentId: "agt_1", model: "gpt-a", hasPrice: true, past: null },
  ...{ atMostMicros: 5_000_000, runLimitMicros: 5_000_000 },
  ...{ day: state("day", 50_000_000, 9_000_000), pilot: state("pilot", 500_000_000, 99_000_000) },
  ...more,
});
const rendered = (more: Partial<ChosenForecast> = {}) =>
  renderToStaticMarkup(<ForecastNote forecast={forecast(more)} />);

describe("what a run may cost", () => {
  test("is said with what is left, without what is held back", () => {
    expect(rendered()).toContain("$5.00 at most");
    expect(rendered()).toContain("$40.00 of today");
    expect(rendered()).toContain("$400.00 of the");
  });

  test("is said with what its last runs cost", () => {
    const past = { runs: 3, medianMicros: 20_000, mostMicros: 1_500_000 };
    expect(rendered({ past })).toContain("last 3 runs here cost $0.0200 at the median, $1.50 at most");
    expect(rendered()).toContain("has not run here yet");
  });

  test("a model without a price, and a budget that is used up, are said before anybody launches", () => {
    expect(rendered({ hasPrice: false })).toContain("Nobody has set what this model costs");
    expect(rendered({ atMostMicros: 0 })).toContain("is used up");
  });
});
