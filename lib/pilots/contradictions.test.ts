import { describe, expect, test } from "vitest";
import { readCharterFile } from "../charters/read-file.ts";
import { charterYaml } from "../charters/write-file.ts";
import { contradictions, isCovered } from "./contradictions.ts";
import { defaultCharter } from "./defaults.ts";
import { type CharterField, charterValues, parseCharterForm } from "./form.ts";
import type { Charter } from "./schema.ts";

const good = defaultCharter(`rep_${"0".repeat(22)}`, "main", "2030-12-31");

type Parts = { readonly [K in keyof Charter]?: Partial<Charter[K]> };
const having = ({ scope, controls, kpis }: Parts): Charter => ({
  ...{ ...good, scope: { ...good.scope, ...scope }, controls: { ...good.controls, ...controls } },
  kpis: { ...good.kpis, ...kpis },
});

const CASES: [CharterField, Parts, string][] = [
  ["scope.kinds", { scope: { kinds: ["triage"] } }, "The goal is work of kind “repair”"],
  [
    "scope.forbiddenPaths",
    { scope: { allowedPaths: ["src/a/**", "src/b.ts"], forbiddenPaths: ["src/**"] } },
    "nothing could be changed",
  ],
  ["controls.budgetDayCents", { controls: { budgetRunCents: 5001 } }, "less than one run (5001)"],
  ["controls.budgetPilotCents", { controls: { budgetPilotCents: 4999 } }, "less than one day (5000)"],
  ["controls.workTo", { controls: { workDays: ["mon"], workTo: "09:30" } }, "an hour later at least"],
  ["kpis.owners", { kpis: { owners: [`per_${"1".repeat(22)}`] } }, "two different people"],
  ["kpis.deputies", { kpis: { deputies: [`per_${"1".repeat(22)}`] } }, "other than the two owners"],
  [
    "scope.forbiddenLabels",
    { scope: { repositoryLabels: ["pci", "a"], forbiddenLabels: ["pci"] } },
    "take it away from one of the two lists",
  ],
  ["controls.approvalClock", { controls: { approvalClock: "working" } }, "Choose the days of work"],
];

describe("a charter that contradicts itself", () => {
  test("is not the one that a new pilot starts from", () => {
    expect(contradictions(good)).toEqual({});
  });

  test.each(CASES)("is refused at %s, in the form and in a file", (field, parts, sentence) => {
    const charter = having(parts);
    expect(contradictions(charter)).toEqual({ [field]: [expect.stringContaining(sentence)] });
    const form = parseCharterForm(charterValues(charter));
    expect(form).toMatchObject({ ok: false, fields: { [field]: [expect.stringContaining(sentence)] } });
    const text = charterYaml({ name: "Nightly", timeZone: "UTC", charter });
    const file = readCharterFile(text);
    const line = text.split("\n").findIndex((one) => one.trim().startsWith(`${field.split(".")[1]}:`)) + 1;
    expect(file).toMatchObject({
      ok: false,
      problems: [{ field, sentence: expect.stringContaining(sentence) }],
    });
    expect(file.ok ? 0 : Math.abs((file.problems[0]?.line ?? 0) - line)).toBeLessThanOrEqual(1);
  });

  test("forbids part of what it allows without contradicting itself", () => {
    expect(contradictions(having({ scope: { forbiddenPaths: ["src/pay/**"] } }))).toEqual({});
  });
});

test("a path is covered by itself, by everything, and by a folder that holds it", () => {
  expect(isCovered("src/a.ts", ["src/**"])).toBe(true);
  expect(isCovered("src/a.ts", ["**"])).toBe(true);
  expect(isCovered("source/a.ts", ["src/**"])).toBe(false);
});
