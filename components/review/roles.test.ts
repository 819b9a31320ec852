import { expect, test } from "vitest";
import { rolesInWords } from "./roles.ts";

test("roles are named as people say them", () => {
  expect(rolesInWords([])).toBe("nobody");
  expect(rolesInWords(["reviewer"])).toBe("reviewer");
  expect(rolesInWords(["engineering_lead", "security_lead", "reviewer"])).toBe(
    "engineering lead, security lead or reviewer",
  );
});

test("probe: a role nobody knows is named as it is", () => {
  expect(rolesInWords(["constructor"])).toBe("constructor");
});
