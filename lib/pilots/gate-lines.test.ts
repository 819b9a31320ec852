import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { defaultCharter } from "./defaults.ts";
import { charterValues, parseCharterForm, valuesOf } from "./form.ts";
import { gateControl, gateLine, ruleOfLine } from "./gate-lines.ts";
import { GateRules, OwnGateRule, RuledGate } from "./schema/gates.ts";

const rule = fc.record({
  gate: fc.constantFrom(...RuledGate.options),
  roles: fc.uniqueArray(
    fc.constantFrom("security_lead", "engineering_lead", "reviewer", `rol_${"0".repeat(22)}`),
    {
      minLength: 1,
    },
  ),
  needed: fc.integer({ min: 1, max: 5 }),
  denials: fc.integer({ min: 1, max: 5 }),
  hours: fc.integer({ min: 1, max: 720 }),
  clock: fc.constantFrom("always", "working"),
});

const start = defaultCharter(`rep_${"0".repeat(22)}`, "main", "2030-12-31");

describe("a gate's rule as a line", () => {
  test("is read as the rule that was written", () => {
    fc.assert(
      fc.property(rule, (one) => {
        const written = OwnGateRule.parse(one);
        expect(ruleOfLine(gateLine(written))).toEqual(written);
      }),
    );
  });

  test("reads as a person would say it", () => {
    const one = {
      gate: "activate",
      roles: ["security_lead", "reviewer"],
      needed: 2,
      denials: 1,
      hours: 24,
    } as const;
    expect(gateLine({ ...one, roles: [...one.roles], clock: "working" })).toBe(
      "activate: 2 of security_lead, reviewer; 1 denies; 24 working hours",
    );
  });

  test.each([
    "merge",
    "merge: two of reviewer; 1 denies; 24 hours",
    "moon: 1 of reviewer; 1 denies; 1 hours",
  ])("probe: “%s” is answered by a sentence at its field", (line) => {
    const read = parseCharterForm({ ...charterValues(start), "controls.gates": line });
    expect(read.ok).toBe(false);
    expect(read.ok ? [] : Object.keys(read.fields)).toEqual(["controls.gates"]);
  });

  test("stands for the controls of a form, of which those without a number say nothing", () => {
    const form = new FormData();
    for (const [name, value] of Object.entries(charterValues(start)))
      for (const text of [value].flat()) form.append(name, text);
    form.append(gateControl("activate", "needed"), "2");
    form.append(gateControl("activate", "roles"), "security_lead");
    form.append(gateControl("activate", "roles"), "engineering_lead");
    form.append(gateControl("activate", "denials"), "");
    form.append(gateControl("activate", "hours"), "48");
    form.append(gateControl("activate", "clock"), "always");
    form.append(gateControl("merge", "needed"), "");
    form.append(gateControl("merge", "roles"), "reviewer");
    const values = valuesOf(form);
    expect(Object.keys(values).filter((name) => name.startsWith("controls.gates."))).toEqual([]);
    const read = parseCharterForm(values);
    expect(read.ok && read.value.controls.gates).toEqual([
      {
        ...{ gate: "activate", roles: ["security_lead", "engineering_lead"], needed: 2, denials: 1 },
        ...{ hours: 48, clock: "always" },
      },
    ]);
  });

  test.each([
    ["1 ; 9 deny", "a number with more behind it"],
    ["1 2", "two numbers"],
    ["0", "nobody"],
    ["99", "more than there may be"],
  ])("probe: “%s” (%s) in a control is refused, not read as something else", (needed) => {
    const form = new FormData();
    form.append(gateControl("merge", "needed"), needed);
    form.append(gateControl("merge", "roles"), "reviewer");
    const values = { ...charterValues(start), ...valuesOf(form) };
    expect(parseCharterForm(values).ok).toBe(false);
  });

  test("stands once for each gate", () => {
    const one = { gate: "merge", roles: ["reviewer"], needed: 1, denials: 1, hours: 1, clock: "always" };
    expect(GateRules.safeParse([one]).success).toBe(true);
    expect(GateRules.safeParse([one, one]).success).toBe(false);
  });
});
