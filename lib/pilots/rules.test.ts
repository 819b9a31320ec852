import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { RoleGrant } from "../authz/schema.ts";
import { Limits } from "../jail/schema.ts";
import { TestPlan } from "../protocol/schema.ts";
import { defaultCharter } from "./defaults.ts";
import {
  cannotMove,
  dayIn,
  limitsOf,
  mayMove,
  PILOT_TRANSITIONS,
  secondPersonRoles,
  testPlanOf,
  untimely,
} from "./rules.ts";
import { PilotStatus } from "./schema.ts";

const charter = defaultCharter(`rep_${"0".repeat(22)}`, "main", "2026-12-31");
const at = (text: string) => Date.parse(text);

describe("a pilot's status", () => {
  test("moves exactly along the table", () => {
    const moves = PilotStatus.options.flatMap((from) =>
      PilotStatus.options.filter((to) => mayMove(from, to)).map((to) => `${from} → ${to}`),
    );
    expect(moves).toEqual([
      "draft → activating",
      "draft → abandoned",
      "activating → draft",
      "activating → active",
      "active → paused",
      "active → completed",
      "active → rolled_back",
      "paused → active",
      "paused → completed",
      "paused → rolled_back",
      "paused → abandoned",
    ]);
  });

  test("never becomes active without having been activating or paused, and no end is ever left", () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...PilotStatus.options), { maxLength: 20 }), (wishes) => {
        const path: PilotStatus[] = ["draft"];
        for (const wish of wishes) {
          const now = path.at(-1) ?? "draft";
          if (mayMove(now, wish)) path.push(wish);
        }
        for (const [index, status] of path.entries()) {
          if (status === "active") expect(["activating", "paused"]).toContain(path[index - 1]);
          if (PILOT_TRANSITIONS[status].length === 0) expect(index).toBe(path.length - 1);
        }
      }),
    );
  });

  test("a refused move is a conflict in words", () => {
    expect(cannotMove("rolled_back", "active")).toMatchObject({
      code: "conflict",
      message: "The pilot is rolled back; it cannot become active.",
    });
  });
});

describe("what a charter means", () => {
  test("for the sandbox is within the wire contract", () => {
    const limits = limitsOf(charter);
    expect(Limits.parse(limits)).toEqual(limits);
    expect(limits).toMatchObject({
      memoryBytes: 2048 * 1024 * 1024,
      diskBytes: 1024 * 1024 * 1024,
      cpus: 2,
      processes: 256,
      seconds: 1800,
    });
  });

  test("for the tests is within the wire contract, without a shell and without watching", () => {
    const plan = testPlanOf(charter);
    expect(TestPlan.parse(plan)).toEqual(plan);
    expect(plan).toMatchObject({
      argv: charter.environment.testArgv,
      reportPath: "report.xml",
      env: { CI: "true" },
      repeats: 3,
      harnessPaths: charter.environment.harnessPaths,
    });
  });
});

describe("the last day", () => {
  test("counts in the pilot's own zone", () => {
    const instant = at("2026-12-31T23:30:00Z");
    expect(dayIn("UTC", instant)).toBe("2026-12-31");
    expect(dayIn("Europe/Berlin", instant)).toBe("2027-01-01");
    expect(dayIn("America/New_York", instant)).toBe("2026-12-31");
    expect(untimely(charter, "UTC", instant)).toBeNull();
    expect(untimely(charter, "Europe/Berlin", instant)).toEqual({
      "rollback.endsOn": [expect.stringContaining("has passed")],
    });
  });

  test("is written alike for every day, so that texts compare like days", () => {
    const instants = fc.integer({ min: at("2000-01-01"), max: at("2099-12-31") });
    fc.assert(
      fc.property(instants, instants, (one, other) => {
        const [first, second] = [dayIn("UTC", one), dayIn("UTC", other)];
        expect(first).toBe(new Date(one).toISOString().slice(0, 10));
        expect(first < second).toBe(Math.floor(one / 86_400_000) < Math.floor(other / 86_400_000));
      }),
    );
  });
});

describe("the second of two people", () => {
  const grant = (role: RoleGrant["role"], pilotId: string | null = null): RoleGrant => ({ role, pilotId });

  test("is a security lead unless the first one is", () => {
    expect(secondPersonRoles([grant("engineering_lead")], "pil_1")).toEqual(["security_lead"]);
    expect(secondPersonRoles([grant("security_lead")], "pil_1")).toEqual([
      "security_lead",
      "engineering_lead",
    ]);
    expect(secondPersonRoles([grant("security_lead", "pil_1")], "pil_1")).toEqual([
      "security_lead",
      "engineering_lead",
    ]);
  });

  test("probe: being a security lead's deputy makes nobody who asks one", () => {
    expect(secondPersonRoles([{ ...grant("security_lead"), deputyOf: "per_away" }], "pil_1")).toEqual([
      "security_lead",
    ]);
  });

  test("probe: being security lead of another pilot counts for nothing", () => {
    expect(secondPersonRoles([grant("engineering_lead"), grant("security_lead", "pil_2")], "pil_1")).toEqual([
      "security_lead",
    ]);
  });
});
