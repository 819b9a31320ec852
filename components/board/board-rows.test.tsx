import { renderToStaticMarkup } from "react-dom/server";
import { expect, test } from "vitest";
import type { KpiRow } from "#lib/kpis/schema/reading.ts";
import { BoardRows } from "./board-rows.tsx";

const row = (nth: number): KpiRow => ({
  ...{ id: `run_${nth}`, at: new Date("2030-03-01T09:00:00Z"), value: null, runId: null, title: null },
  ...{ isHit: null, isCensored: false, isMaturing: false, isProvisional: false },
});
const text = (count: number): string =>
  renderToStaticMarkup(
    <BoardRows kpi="throughput" rows={Array.from({ length: count }, (_, nth) => row(nth))} download="/csv" />,
  );

test("says that the CSV has all rows where it has", () => {
  expect(text(200)).not.toContain("are shown; the CSV has");
  expect(text(201)).toContain("The newest 200 are shown; the CSV has all of them.");
});

test("and says how many it has where there may be more", () => {
  const cut = text(10_000);
  expect(cut).toContain("The newest 200 are shown; the CSV has the newest 10,000, and no more.");
  expect(cut).not.toContain("all of them");
  expect(cut).toMatch(/newest 10,000 \w+/);
});
