import { expect, test } from "vitest";
import { logLinks } from "./log-links.ts";

test("an address keeps the filter and the page when an entry opens", () => {
  expect(logLinks({ kind: "run.merged" }, "c1").entry("ent_1")).toBe(
    "/log?kind=run.merged&after=c1&entry=ent_1",
  );
});

test("turning the page closes the entry", () => {
  expect(logLinks({ kind: "run.merged" }, "c1").page("c2")).toBe("/log?kind=run.merged&after=c2");
  expect(logLinks({}, "c1").page(null)).toBe("/log");
});

test("probe: what stands in a filter cannot break out of its place", () => {
  expect(logLinks({ subject: "run_1&entry=x#y" }, null).entry(null)).toBe(
    "/log?subject=run_1%26entry%3Dx%23y",
  );
});
