import { describe, expect, test } from "vitest";
import { defaultCharter } from "#lib/pilots/defaults.ts";
import { CHARTER_FIELDS, type CharterField } from "#lib/pilots/form.ts";
import type { Charter } from "#lib/pilots/schema.ts";
import { fieldName } from "./field-names.ts";
import { fieldValue } from "./field-values.ts";

const REPOSITORY = `rep_${"0".repeat(22)}`;
const [ADA, BOB] = [`per_${"1".repeat(22)}`, `per_${"2".repeat(22)}`];
const usual = defaultCharter(REPOSITORY, "main", "2030-12-31");
const charter: Charter = {
  ...usual,
  controls: { ...usual.controls, launchers: ["security_lead"], budgetRunCents: 0, maxRunMinutes: 1 },
  kpis: { ...usual.kpis, owners: [ADA, BOB] },
};
const names = { [REPOSITORY]: "billing-api", [ADA]: "Ada" };
const shown = (field: CharterField) => fieldValue(field, charter, names);

describe("what stands at a field of a charter", () => {
  test("is said of every field there is, by its name and in words", () => {
    for (const field of Object.keys(CHARTER_FIELDS) as CharterField[]) {
      const { lines } = shown(field);
      expect(lines.length, field).toBeGreaterThan(0);
      for (const line of lines) expect(line, field).toMatch(/\S/);
      expect(fieldName(field), field).not.toBe(field);
    }
  });

  test.each<[CharterField, string[]]>([
    ["scope.repositoryId", ["billing-api"]],
    ["scope.branch", ["main"]],
    ["goal.problem", ["none"]],
    [
      "goal.metrics",
      [
        "Merged patches per week: at least 3 a week, against the first week",
        "Launch to merge, median: at most 24 h, against the first week",
        "Review to merge, median: at most 8 h, against the first week",
      ],
    ],
    ["kpis.owners", ["Ada", BOB]],
    ["controls.launchers", ["Security lead"]],
    ["controls.agents", ["any"]],
    ["controls.budgetRunCents", ["0 ($0.00)"]],
    ["controls.budgetDayCents", ["5,000 ($50.00)"]],
    ["controls.maxRunMinutes", ["1 minute"]],
    ["controls.extraApproverOnFlags", ["yes"]],
    ["environment.setupMinutes", ["as long as an attempt"]],
    ["environment.memoryMb", ["2,048"]],
    ["controls.askMode", ["never"]],
    ["kpis.cadence", ["Every week"]],
    ["rollback.onFailedRuns", ["Pause: no run is given out"]],
    ["controls.unattended", ["deny and continue"]],
  ])("%s: %j", (field, lines) => {
    expect(shown(field).lines).toEqual(lines);
  });
});
