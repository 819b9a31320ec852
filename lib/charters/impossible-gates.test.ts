import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Role } from "../authz/schema.ts";
import type { Candidate } from "../gates/rules.ts";
import { mergeRule } from "../merges/rules.ts";
import { defaultCharter } from "../pilots/defaults.ts";
import { ApproverRole } from "../pilots/schema/controls.ts";
import type { Charter } from "../pilots/schema.ts";
import { impossibleGates, unableOwners } from "./impossible-gates.ts";

const base = defaultCharter(`rep_${"0".repeat(22)}`, "main", "2030-12-31");
const having = (controls: Partial<Charter["controls"]>): Charter => ({
  ...{ ...base, scope: { ...base.scope, protectedClasses: [] } },
  controls: { ...base.controls, extraApproverOnFlags: false, ...controls },
});
const holder = (personId: string, ...roles: Role[]): Candidate => ({
  ...{ personId, grants: roles.map((role) => ({ role, pilotId: null })) },
});
const [ada, sam, rae] = [
  holder("ada", "engineering_lead"),
  holder("sam", "security_lead"),
  holder("rae", "reviewer"),
];
const fields = (charter: Charter, holders: readonly Candidate[], pilotId: string | null = null) =>
  impossibleGates(charter, holders, pilotId).map(({ field }) => field);

test("owners who could not complete the pilot are none", () => {
  const owned = (...owners: string[]): Charter => ({ ...base, kpis: { ...base.kpis, owners } });
  expect(unableOwners(owned("ada", "sam"), [ada, sam, rae], null)).toEqual([]);
  expect(unableOwners(owned(), [], null)).toEqual([]);
  expect(unableOwners(owned("ada", "rae"), [ada, sam, rae], null)).toEqual([
    { field: "kpis.owners", sentence: "One of the owners holds no role here that may complete the pilot." },
  ]);
  expect(unableOwners(owned("ada", "eve"), [rae], null)).toHaveLength(1);
});

describe("gates that nobody could close", () => {
  test.each<[string, Partial<Charter["controls"]>, readonly Candidate[], string[]]>([
    ["one launches, another approves", {}, [ada, rae], []],
    ["nobody is left besides who launches", {}, [ada], ["controls.approverCount"]],
    ["nobody may launch", {}, [rae], ["controls.launchers"]],
    [
      "nobody of the role that may launch",
      { launchers: ["security_lead"] },
      [ada, rae],
      ["controls.launchers"],
    ],
    ["two are needed and there are two", { approverCount: 2 }, [ada, sam, rae], []],
    ["two are needed and there is one", { approverCount: 2 }, [ada, rae], ["controls.approverCount"]],
    [
      "approvers of a role nobody has",
      { approverRoles: ["security_lead"] },
      [ada, rae],
      ["controls.approverCount"],
    ],
    [
      "a flagged patch needs one more",
      { extraApproverOnFlags: true },
      [ada, rae],
      ["controls.extraApproverOnFlags"],
    ],
    ["a flagged patch needs one more who is there", { extraApproverOnFlags: true }, [ada, sam, rae], []],
    [
      "protected files need a role that only who launches has",
      { protectedApproverRole: "engineering_lead" },
      [ada, rae],
      ["controls.protectedApproverRole"],
    ],
    [
      "protected files need a role that another one has",
      { protectedApproverRole: "security_lead" },
      [ada, sam],
      [],
    ],
  ])("%s", (_what, controls, holders, expected) => {
    expect(fields(having(controls), holders)).toEqual(expected);
  });

  test("are counted by grants on this pilot, not on another, and by those that may decide", () => {
    const elsewhere: Candidate = { personId: "rae", grants: [{ role: "reviewer", pilotId: "pil_2" }] };
    expect(fields(having({}), [ada, elsewhere], "pil_1")).toEqual(["controls.approverCount"]);
    expect(fields(having({}), [ada, elsewhere], "pil_2")).toEqual([]);
    const restricted: Candidate = {
      ...{ personId: "rae", grants: [{ role: "reviewer", pilotId: null, permissions: ["run.view"] }] },
    };
    expect(fields(having({}), [ada, restricted])).toEqual(["controls.approverCount"]);
  });

  test("say which merges they are of: every one, or only those of flagged patches", () => {
    expect(impossibleGates(having({}), [ada], null)).toMatchObject([
      { isEvery: true, sentence: expect.stringContaining("nobody could") },
    ]);
    expect(impossibleGates(having({ extraApproverOnFlags: true }), [ada, rae], null)).toMatchObject([
      { isEvery: false, sentence: expect.stringContaining("needs 2 people") },
    ]);
  });

  test("are exactly those for which every launch leaves too few", () => {
    const person = fc.uniqueArray(fc.constantFrom(...Role.options), { maxLength: 3 });
    const scene = fc.record({
      roles: fc.array(person, { maxLength: 5 }),
      approverRoles: fc.uniqueArray(fc.constantFrom(...ApproverRole.options), { minLength: 1 }),
      approverCount: fc.integer({ min: 1, max: 3 }),
    });
    fc.assert(
      fc.property(scene, ({ roles, approverRoles, approverCount }) => {
        const holders = roles.map((own, index) => holder(`per_${index}`, ...own));
        const charter = having({ approverRoles, approverCount });
        const canLaunch = (each: Candidate) =>
          each.grants.some(({ role }) => role === "engineering_lead" || role === "security_lead");
        const isPossible = holders.filter(canLaunch).some((launcher) => {
          const { needed, barred, roles: may } = mergeRule(charter, [], [launcher.personId]);
          const able = holders.filter(
            ({ personId, grants }) =>
              !barred.includes(personId) && grants.some(({ role }) => may.some((one) => one === role)),
          );
          return able.length >= needed;
        });
        expect(impossibleGates(charter, holders, null).some(({ isEvery }) => isEvery)).toBe(!isPossible);
      }),
    );
  });
});
