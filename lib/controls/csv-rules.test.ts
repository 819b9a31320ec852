import { expect, test } from "vitest";
import { CONTROLS } from "./catalog.ts";
import { controlsCsv } from "./csv-rules.ts";
import type { ControlView } from "./schema.ts";

const AT = new Date(Date.UTC(2026, 10, 29, 12));
const [first] = CONTROLS;
if (!first) throw new Error("The catalog is empty.");
const view = (sentence: string): ControlView => ({
  ...{ ...first, state: "holds", heldAt: null, findings: [] },
  last: { testId: "ctt_1", at: AT, result: "holds", sentence, milliseconds: 1 },
  shown: { result: "holds", sentence },
});

test("the table of controls has a line for each row of the framework that is asked for", () => {
  const lines = controlsCsv([view("It held.")], "soc2")
    .trimEnd()
    .split("\r\n");
  expect(lines).toHaveLength(1 + first.rows.filter(({ framework }) => framework === "soc2").length);
  expect(lines[0]).toMatch(/^control,title,sentence,state,last proof,at,held at,framework,row,/);
  expect(lines[1]).toContain(`,holds,It held.,${AT.toISOString()},,`);
});

test("probe: no cell of it begins a formula, at its beginning or after a semicolon", () => {
  const csv = controlsCsv([view('=1+1;=2+2 "quoted"')], null);
  expect(csv).toContain(`,"'=1+1;'=2+2 ""quoted""",`);
});
