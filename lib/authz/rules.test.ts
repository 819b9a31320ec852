import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  can,
  isMember,
  PERMISSIONS,
  type Permission,
  PermissionDenied,
  rolesFor,
  visiblePilots,
} from "./rules.ts";
import { ROLE_NAMES, Role, type RoleGrant } from "./schema.ts";

const permissions = Object.keys(PERMISSIONS) as Permission[];
const permission = fc.constantFrom(...permissions);
const grant = fc.record<RoleGrant>({
  role: fc.constantFrom(...Role.options),
  pilotId: fc.constantFrom(null, "pil_1", "pil_2"),
});
const grants = fc.array(grant, { maxLength: 6 });

/** Who may do what, written down a second time: a change of the table is a change here too. */
const MATRIX: Record<Permission, string> = {
  "pilot.view": "AESRUV",
  "pilot.create": "ES",
  "pilot.amend": "ES",
  "pilot.pause": "ESR",
  "run.view": "AESRUV",
  "run.launch": "ES",
  "run.revert": "ESR",
  "run.cancel": "ESR",
  "run.steer": "ESR",
  "run.pause": "ESR",
  "review.comment": "ESR",
  "gate.decide": "ESR",
  "repository.view": "AESRUV",
  "repository.add": "AES",
  "repository.sync": "AES",
  "agent.view": "AESRUV",
  "agent.create": "AES",
  "provider.view": "AESU",
  "provider.manage": "AS",
  "price.set": "AES",
  "channel.view": "AESU",
  "channel.manage": "AS",
  "notice.subscribe": "AESRUV",
  "passkey.enrol": "AESRUV",
  "passkey.confirm": "AES",
  "person.view": "AESU",
  "person.manage": "A",
  "role.grant": "AS",
  "role.manage": "A",
  "runner.view": "AESRUV",
  "runner.enrol": "AS",
  "runner.revoke": "AS",
  "finding.view": "AESRUV",
  "finding.decide": "ES",
  "kpi.view": "AESRUV",
  "exit.report": "ASRU",
  "payload.unmask": "SU",
  "artefact.promote": "ESR",
  "artefact.take": "ESRU",
  "payload.redact": "AS",
  "retention.set": "ES",
  "log.view": "AESU",
  "log.search": "SU",
  "log.export": "ASU",
  "log.access": "AS",
  "token.make": "AESRUV",
  "token.manage": "AS",
  "account.make": "A",
  "release.ask": "ES",
  "delivery.record": "AES",
  "evidence.report": "",
  "stop.pull": "AESR",
  "stop.lift": "ES",
  "drill.start": "ES",
  "control.view": "AESU",
  "control.test": "AS",
};
const LETTERS: Record<Role, string> = {
  administrator: "A",
  engineering_lead: "E",
  security_lead: "S",
  reviewer: "R",
  auditor: "U",
  viewer: "V",
};

describe("the table of permissions", () => {
  test.each(permissions)("%s", (each) => {
    const letters = Role.options
      .filter((role) => can([{ role, pilotId: null }], each))
      .map((role) => LETTERS[role]);
    expect(letters.join("")).toBe(MATRIX[each]);
  });

  test("an administrator runs the place and decides nothing about pilots", () => {
    for (const each of ["run.launch", "gate.decide", "pilot.amend", "stop.lift"] as const) {
      expect(can([{ role: "administrator", pilotId: null }], each)).toBe(false);
    }
  });

  test("who may only look changes nothing", () => {
    for (const role of ["auditor", "viewer"] as const) {
      const allowed = permissions.filter((each) => can([{ role, pilotId: null }], each));
      // What they are told is their own.
      const looking = [
        "log.export",
        "log.search",
        "payload.unmask",
        "artefact.take",
        "notice.subscribe",
        "token.make",
        "passkey.enrol",
        // An independent reviewer's word, which decides nothing.
        "exit.report",
      ];
      expect(allowed.filter((each) => !each.endsWith(".view") && !looking.includes(each))).toEqual([]);
    }
  });

  test("every permission is somebody's but one, which only a role made here includes; all are words of the form noun.verb", () => {
    expect(permissions.filter((each) => rolesFor(each).length === 0)).toEqual(["evidence.report"]);
    for (const each of permissions) {
      expect(each).toMatch(/^[a-z]+\.[a-z]+$/);
    }
  });
});

describe("can", () => {
  test("an organisation grant covers every pilot; a pilot's grant that pilot only", () => {
    fc.assert(
      fc.property(grants, permission, fc.constantFrom("pil_1", "pil_2", "pil_3"), (held, each, pilotId) => {
        const roles: readonly Role[] = rolesFor(each);
        const covering = held.filter((one) => one.pilotId === null || one.pilotId === pilotId);
        expect(can(held, each, pilotId)).toBe(covering.some(({ role }) => roles.some((one) => one === role)));
      }),
    );
  });

  test("more grants never take anything away, and none give nothing", () => {
    fc.assert(
      fc.property(grants, grant, permission, (held, one, each) => {
        if (can(held, each, "pil_1")) expect(can([...held, one], each, "pil_1")).toBe(true);
        expect(can([], each)).toBe(false);
      }),
    );
  });

  test("probe: unknown words on either side give nothing", () => {
    for (const odd of ["constructor", "__proto__", "toString", "run.view ", ""]) {
      expect(can([{ role: "engineering_lead", pilotId: null }], odd as Permission)).toBe(false);
      expect(rolesFor(odd as Permission)).toEqual([]);
    }
    for (const odd of ["owner", "constructor", "0"]) {
      for (const each of permissions) expect(can([{ role: odd as Role, pilotId: null }], each)).toBe(false);
    }
  });
});

describe("membership", () => {
  test("sees all pilots with an organisation grant, else those its grants name", () => {
    fc.assert(
      fc.property(grants, (held) => {
        const pilots = visiblePilots(held);
        for (const pilotId of ["pil_1", "pil_2", "pil_3"]) {
          expect(isMember(held, pilotId)).toBe(pilots === "all" || pilots.includes(pilotId));
        }
        expect(isMember(held)).toBe(held.length > 0);
      }),
    );
  });

  test("names a pilot once", () => {
    const twice = [
      { role: "viewer", pilotId: "pil_1" },
      { role: "auditor", pilotId: "pil_1" },
    ] as const;
    expect(visiblePilots(twice)).toEqual(["pil_1"]);
  });
});

test("a refusal names the roles that would do", () => {
  expect(new PermissionDenied("runner.enrol", null).message).toBe(
    "Your role does not include “runner.enrol”. Ask an administrator or a security lead of the organisation.",
  );
  expect(new PermissionDenied("pilot.amend", "pil_1")).toMatchObject({
    code: "forbidden",
    status: 403,
    pilotId: "pil_1",
  });
  expect(Object.keys(ROLE_NAMES)).toEqual(Role.options);
});
