import { describe, expect, test } from "vitest";
import { defaultCharter } from "../pilots/defaults.ts";
import { charterValues, parseCharterForm } from "../pilots/form.ts";
import { Charter } from "../pilots/schema.ts";
import { differences } from "./difference.ts";
import { TEMPLATES } from "./templates.ts";

const base = defaultCharter(`rep_${"1".repeat(22)}`, "main", "2030-12-31");

describe.each(TEMPLATES.map((template) => [template.title, template] as const))(
  "the template %s",
  (_title, template) => {
    const charter = template.charter(base);

    test("is a charter that the form takes as it is", () => {
      expect(Charter.parse(charter)).toEqual(charter);
      expect(parseCharterForm(charterValues(charter))).toEqual({ ok: true, value: charter });
    });

    test("keeps repository, branch and last day, and says what it is for", () => {
      expect(charter.scope).toMatchObject({ repositoryId: base.scope.repositoryId, branch: "main" });
      expect(charter.rollback.endsOn).toBe(base.rollback.endsOn);
      expect(charter.goal.statement).not.toBe(base.goal.statement);
      expect(differences(base, charter).length).toBeGreaterThan(2);
    });
  },
);

test("templates have each a key and a title of their own", () => {
  expect(new Set(TEMPLATES.map(({ key }) => key)).size).toBe(TEMPLATES.length);
  expect(new Set(TEMPLATES.map(({ title }) => title)).size).toBe(TEMPLATES.length);
});
