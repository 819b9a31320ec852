import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, test } from "vitest";
import type { Figures } from "#lib/providers/figures-schema.ts";
import { FiguresPanel } from "./figures-panel.tsx";

const figures = (more: Partial<Figures> = {}): Figures => ({
  ...{ model: "gpt-a", age: null, context: null, n: 40 },
  firstByte: { p50: 210, p95: 900, n: more.n ?? 40 },
  firstToken: { p50: 640, p95: 1900, n: more.n ?? 40 },
  ...{ tokensPerSecond: 61.4, errorRate: 0.025, retryRate: 0 },
  ...more,
});
const cells = (rows: Figures[]) =>
  [...renderToStaticMarkup(<FiguresPanel figures={rows} />).matchAll(/<td[^>]*>(.*?)<\/td>/g)].map(
    ([, text = ""]) => text.replace(/<[^>]*>/g, ""),
  );

describe("how a provider's models answered", () => {
  test("is a row for a model, then one for each age and size", () => {
    const rows = [figures(), figures({ age: 0, n: 30 }), figures({ context: 3, n: 12 })];
    const rest = ["210 ms", "900 ms", "640 ms", "1.9 s", "61", "2.5 %", "0.0 %"];
    expect(cells(rows)).toEqual([
      ...["gpt-a", "40", ...rest],
      ...["session under 10 min", "30", ...rest],
      ...["128k tokens and more", "12", ...rest],
    ]);
  });

  test("says of how many calls a time is known where that is not all of them", () => {
    const times = { p50: 640, p95: 900, n: 12 };
    expect(cells([figures({ firstToken: times })]).slice(2, 6)).toEqual([
      ...["210 ms", "900 ms", "640 ms of 12", "900 ms"],
    ]);
    expect(cells([figures({ firstToken: null })]).slice(2, 6)).toEqual(["210 ms", "900 ms", "–", "–"]);
  });

  test("shows the number alone where there are too few", () => {
    const few = figures({ n: 3, firstByte: null, firstToken: null, tokensPerSecond: null });
    const none = { ...few, errorRate: null, retryRate: null };
    expect(cells([none])).toEqual(["gpt-a", "3", "–", "–", "–", "–", "–", "–", "–"]);
  });

  test("says that there were none, and what would count", () => {
    const page = renderToStaticMarkup(<FiguresPanel figures={[]} />);
    expect(page).toContain("No calls in the last 30 days.");
    expect(page).toMatch(/the newest 20.000 at most/);
    expect(page).toContain("Below 10 calls only their number is shown.");
  });

  test("probe: a hostile name of a model is text", () => {
    const [name] = cells([figures({ model: "<img src=x>\u202e" })]);
    expect(name).not.toContain("<img");
  });
});
