import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { z } from "zod";
import { defaultCharter } from "./defaults.ts";
import {
  CHARTER_FIELDS,
  charterValues,
  type FormValues,
  parseCharterForm,
  parseNewPilotForm,
} from "./form.ts";
import { Charter } from "./schema.ts";

const good = defaultCharter(`rep_${"0".repeat(22)}`, "main", "2030-12-31");

function formOf(values: FormValues): FormData {
  const form = new FormData();
  for (const [name, value] of Object.entries(values)) {
    for (const text of typeof value === "string" ? [value] : value) form.append(name, text);
  }
  return form;
}

describe("the charter's form", () => {
  test("has exactly one field for each leaf of the schema", () => {
    const leaves = Object.entries(Charter.shape).flatMap(([part, schema]) =>
      Object.keys((schema as z.ZodObject).shape).map((key) => `${part}.${key}`),
    );
    expect(Object.keys(CHARTER_FIELDS).sort()).toEqual(leaves.sort());
  });

  test("shows a charter so that sending it back unchanged gives the same charter", () => {
    expect(parseCharterForm(formOf(charterValues(good)))).toEqual({ ok: true, value: good });
    expect(parseCharterForm(charterValues(good))).toEqual({ ok: true, value: good });
  });

  test.each<[string, (values: FormValues) => FormData | FormValues]>([
    ["as a form", formOf],
    ["as the values of one", (values) => values],
  ])("takes the controls of a gate %s for the gate's own rule", (_, sent) => {
    const { "controls.gates": _none, ...others } = charterValues(good);
    const result = parseCharterForm(
      sent({
        ...others,
        "controls.gates.activate.roles": ["engineering_lead", "security_lead"],
        "controls.gates.activate.needed": "2",
        "controls.gates.resume.needed": "",
      }),
    );
    const [rule, ...more] = result.ok ? result.value.controls.gates : [];
    expect(rule).toMatchObject({ gate: "activate", needed: 2, roles: ["engineering_lead", "security_lead"] });
    expect(more).toEqual([]);
  });

  test("keeps the order of what belongs to a metric, and says where one is half written", () => {
    const texts = (goal: Partial<Record<number, string>>) =>
      (charterValues(good)["goal.metrics"] as string[]).map((text, at) => goal[at] ?? text);
    const metricsOf = (change: Partial<Record<number, string>>) => {
      const form = formOf({ ...charterValues(good), "goal.metrics": texts(change) });
      const result = parseCharterForm(form);
      return result.ok ? result.value.goal.metrics : result.fields;
    };
    expect(metricsOf({ 1: "7", 2: "2", 3: "CI", 5: "", 9: "", 21: "20" })).toEqual([
      { kpi: "throughput", target: 7, baseline: 2, source: "CI" },
      { kpi: "failed_share", target: 20, baseline: null, source: "" },
    ]);
    for (const half of [{ 2: "2" }, { 3: "CI" }, { 1: "many" }, { 1: "", 2: "2", 3: "CI" }, { 21: "101" }])
      expect(Object.keys(metricsOf(half))).toEqual(["goal.metrics"]);
  });

  test("reads what the browser sends: CRLF between lines, blanks around, repeated choices", () => {
    const form = formOf(charterValues(good));
    form.set("scope.allowedPaths", " src/** \r\n\r\ntest/**\r\n");
    form.set("environment.repeats", " 4 ");
    form.set("environment.testArgv", "node --test 'a b.js'");
    form.delete("controls.extraApproverOnFlags");
    form.delete("controls.approverRoles");
    form.append("controls.approverRoles", "reviewer");
    form.append("controls.approverRoles", "security_lead");
    const result = parseCharterForm(form);
    expect(result).toMatchObject({
      ok: true,
      value: {
        scope: { allowedPaths: ["src/**", "test/**"] },
        environment: { repeats: 4, testArgv: ["node", "--test", "a b.js"] },
        controls: { extraApproverOnFlags: false, approverRoles: ["reviewer", "security_lead"] },
      },
    });
  });

  test("tells each fault beside its field and keeps everything that was typed", () => {
    const values = {
      ...charterValues(good),
      "environment.repeats": "many",
      "environment.testArgv": "node 'x",
      "rollback.endsOn": "",
      "scope.allowedPaths": "/etc",
    };
    const result = parseCharterForm(formOf(values));
    expect(result.ok).toBe(false);
    if (result.ok) return;
    expect(Object.keys(result.fields).sort()).toEqual([
      "environment.repeats",
      "environment.testArgv",
      "rollback.endsOn",
      "scope.allowedPaths",
    ]);
    expect(result.fields["environment.repeats"]).toEqual(["Write a whole number from 1 to 20."]);
    // A group of which nothing is chosen is not sent.
    const sent = Object.entries(values).filter(([, value]) => !(Array.isArray(value) && value.length === 0));
    expect(result.values).toEqual(Object.fromEntries(sent));
  });

  test("of a new pilot tells name and time zone beside theirs", () => {
    const result = parseNewPilotForm({
      ...charterValues(good),
      name: "",
      timeZone: "Mars/Base",
      "controls.maxAttempts": "99",
    });
    expect(result.ok ? [] : Object.keys(result.fields).sort()).toEqual([
      "controls.maxAttempts",
      "name",
      "timeZone",
    ]);
    expect(parseNewPilotForm({ ...charterValues(good), name: "Nightly", timeZone: "UTC" })).toEqual({
      ok: true,
      value: { name: "Nightly", timeZone: "UTC", charter: good },
    });
  });

  test("an empty form is a list of sentences, not a crash", () => {
    const result = parseCharterForm(new FormData());
    expect(result.ok ? 0 : Object.keys(result.fields).length).toBeGreaterThan(20);
  });

  test.each(["1e3", "0x10", "1.5", "१२", "--1", "9".repeat(30), "Infinity", "NaN", "1,000"])(
    "probe: the number %j is refused",
    (text) => {
      const result = parseCharterForm({ ...charterValues(good), "rollback.maxRuns": text });
      expect(result.ok ? [] : Object.keys(result.fields)).toEqual(["rollback.maxRuns"]);
    },
  );

  test("probe: names of the prototype and files are nothing to the form", () => {
    const form = formOf({ ...charterValues(good), "__proto__.kind": "triage", "constructor.name": "x" });
    form.append("__proto__", "x");
    form.set("goal.statement", new Blob(["a file instead of a statement"]));
    const result = parseCharterForm(form);
    expect(result.ok ? [] : Object.keys(result.fields)).toEqual(["goal.statement"]);
    expect(({} as Record<string, unknown>).kind).toBeUndefined();
  });

  test("probe: any texts in any fields are answered with a charter or with sentences", () => {
    const names = fc.constantFrom(...Object.keys(CHARTER_FIELDS));
    const text = fc.string({ unit: "binary", maxLength: 30 });
    fc.assert(
      fc.property(fc.dictionary(names, fc.oneof(text, fc.array(text, { maxLength: 3 }))), (values) => {
        const result = parseCharterForm({ ...charterValues(good), ...values });
        if (result.ok) expect(Charter.parse(result.value)).toEqual(result.value);
        else
          for (const sentences of Object.values(result.fields)) expect(sentences.length).toBeGreaterThan(0);
      }),
    );
  });
});
