import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { PERMISSIONS } from "../authz/rules.ts";
import { Role, type RoleGrant } from "../authz/schema.ts";
import { conditionsOf, readableLogs, subjectsNamed } from "./rules.ts";
import { EntryFilter } from "./schema.ts";

describe("the log one may read", () => {
  test("is all of it by a grant on the organisation that opens the log, else the pilots' one is let into", () => {
    const grants = fc.array(
      fc.record({ role: fc.constantFrom(...Role.options), pilotId: fc.constantFrom(null, "pil_1", "pil_2") }),
    );
    fc.assert(
      fc.property(grants, (all: RoleGrant[]) => {
        const openers: readonly Role[] = PERMISSIONS["log.view"];
        const opening = all.filter((grant) => openers.includes(grant.role));
        const readable = readableLogs(all);
        if (opening.some((grant) => grant.pilotId === null)) expect(readable).toBe("all");
        else expect([...readable].sort()).toEqual([...new Set(opening.map((grant) => grant.pilotId))].sort());
      }),
    );
  });

  test("probe: a reviewer of the organisation who audits one pilot reads that pilot's log alone", () => {
    expect(
      readableLogs([
        { role: "reviewer", pilotId: null },
        { role: "auditor", pilotId: "pil_1" },
      ]),
    ).toEqual(["pil_1"]);
  });
});

describe("a filter", () => {
  test("names one subject in full, or every subject a bare id could be", () => {
    expect(subjectsNamed("run:run_1")).toEqual(["run:run_1"]);
    expect(subjectsNamed("run_1")).toContain("run:run_1");
    expect(subjectsNamed("run_1")).toContain("stop:run_1");
  });

  test("means whole days, the last one included", () => {
    const conditions = conditionsOf({ from: "2026-11-01", to: "2026-11-01" }, "all");
    expect([conditions.from, conditions.before]).toEqual([
      new Date("2026-11-01T00:00:00Z"),
      new Date("2026-11-02T00:00:00Z"),
    ]);
    expect(conditionsOf({}, ["pil_1"])).toEqual({
      kind: null,
      actor: null,
      subjects: null,
      pilotId: null,
      from: null,
      before: null,
      visible: ["pil_1"],
    });
  });

  test.each([
    { kind: "run.exploded" },
    { kind: "toString" },
    { from: "yesterday" },
    { to: "2026-02-30" },
    { subject: "" },
    { actor: "x".repeat(201) },
    { order: "asc" },
  ])("probe: %j is refused", (input) => {
    expect(EntryFilter.safeParse(input).success).toBe(false);
  });
});
