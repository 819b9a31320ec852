import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { PERMISSIONS } from "../authz/rules.ts";
import { Role, type RoleGrant } from "../authz/schema.ts";
import { conditionsOf, positionOf, rarest, readableEntry, readableLogs, subjectsNamed } from "./rules.ts";
import { EntryFilter } from "./schema.ts";

describe("the log one may read", () => {
  test("is all of it by a grant on the organisation that opens the log, else the pilots' one is let into", () => {
    const grants = fc.array(
      fc.record({ role: fc.constantFrom(...Role.options), pilotId: fc.constantFrom(null, "pil_1", "pil_2") }),
    );
    fc.assert(
      fc.property(grants, (all: RoleGrant[]) => {
        const openers: readonly Role[] = PERMISSIONS["log.view"];
        const opening = all.filter((grant) => openers.some((role) => role === grant.role));
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

describe("what is walked", () => {
  const density = (group: string, found: number, reach: number | null) => ({ group: [group], found, reach });

  test("is the group that lies sparsest: one that ends, else the one that reaches furthest back", () => {
    const ends = density("ends", 900, null);
    const few = density("few", 3, null);
    const old = density("old", 1000, 10);
    const dense = density("dense", 1000, 99);
    expect(rarest([dense, old])).toBe(old);
    expect(rarest([dense, ends, old])).toBe(ends);
    expect(rarest([ends, few])).toBe(few);
    expect(rarest([])).toBeUndefined();
  });

  test("probe: a place of an address is a number or none", () => {
    expect(positionOf("12")).toBe(12);
    for (const odd of ["", "-1", "1e3", "9".repeat(16), "ent_1", "1 or 1=1"])
      expect(positionOf(odd)).toBeNull();
  });
});

describe("bytes of an entry", () => {
  test("probe: are null where nobody of ours wrote them", () => {
    for (const odd of ["", "{}", "[]", "not json", '{"v":3}', "\ufeff{}"])
      expect(readableEntry(Buffer.from(odd))).toBeNull();
    expect(readableEntry(Buffer.from([0xff, 0xfe]))).toBeNull();
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
    expect(conditionsOf({}, "all")).toEqual({ groups: [], from: null, before: null });
  });

  test("asks for a term of every condition, and for a pilot one may see", () => {
    expect(
      conditionsOf({ kind: "run.merged", actor: "per_1", subject: "run:run_1" }, ["pil_1", "pil_2"]).groups,
    ).toEqual([["kind:run.merged"], ["actor:per_1"], ["run:run_1"], ["pilot:pil_1", "pilot:pil_2"]]);
    expect(conditionsOf({ pilotId: "pil_1" }, ["pil_1", "pil_2"]).groups).toEqual([["pilot:pil_1"]]);
    expect(conditionsOf({ pilotId: "pil_3" }, ["pil_1"]).groups).toEqual([["pilot:pil_3"], ["pilot:pil_1"]]);
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
