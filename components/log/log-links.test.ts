import { expect, test } from "vitest";
import { logLinks } from "./log-links.ts";

test("an address keeps the filter and the page when an entry opens and closes", () => {
  const links = logLinks({ kind: "run.merged" }, "12");
  expect(links.entry("ent_1")).toBe("/log/ent_1?kind=run.merged&after=12");
  expect(links.entry(null)).toBe("/log?kind=run.merged&after=12");
});

test("turning the page closes the entry", () => {
  expect(logLinks({ kind: "run.merged" }, "12").page("7")).toBe("/log?kind=run.merged&after=7");
  expect(logLinks({}, "12").page(null)).toBe("/log");
});

test("probe: what stands in a filter cannot break out of its place", () => {
  expect(logLinks({ subject: "run_1&entry=x#y" }, null).entry(null)).toBe(
    "/log?subject=run_1%26entry%3Dx%23y",
  );
});
