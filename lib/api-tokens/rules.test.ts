import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { can, PERMISSIONS, type Permission, permissionsOf } from "../authz/rules.ts";
import { Role, type RoleGrant } from "../authz/schema.ts";
import { apiToken, narrowed, tokenState } from "./rules.ts";
import { CARRIED } from "./schema.ts";

const TOKEN = `pht_${"Ab_-9".repeat(9).slice(0, 43)}`;
const all = Object.keys(PERMISSIONS) as Permission[];

describe("an API token", () => {
  test.each([`Bearer ${TOKEN}`, `bearer   ${TOKEN} `])("is read from %j", (header) =>
    expect(apiToken(header)).toBe(TOKEN),
  );

  test.each([
    null,
    "",
    "Bearer",
    `Bearer ${TOKEN}x`,
    `Bearer ${TOKEN.slice(0, -1)}`,
    `Bearer pla_${TOKEN.slice(4)}`,
    `Bearer ${TOKEN}, Bearer ${TOKEN}`,
    `Bearer ${TOKEN}\r\nx: y`,
    `Bearer\u00a0${TOKEN}`,
    `Basic ${TOKEN}`,
    `Bearer ${"pht_".repeat(5000)}`,
    TOKEN,
  ])("probe: %j holds none", (header) => expect(apiToken(header)).toBeNull());

  test("is over at the millisecond it ends, at once when it is revoked, and while nobody stands behind it", () => {
    const expiresAt = new Date(1000);
    const there = { hasOwner: true, isRefused: false, isUnconfirmed: false };
    expect(tokenState({ expiresAt, revokedAt: null }, there, 999)).toBe("active");
    expect(tokenState({ expiresAt, revokedAt: null }, there, 1000)).toBe("expired");
    expect(tokenState({ expiresAt, revokedAt: new Date(1) }, there, 500)).toBe("revoked");
    expect(tokenState({ expiresAt, revokedAt: null }, { ...there, hasOwner: false }, 999)).toBe(
      "without_owner",
    );
    expect(tokenState({ expiresAt, revokedAt: null }, { ...there, isRefused: true }, 999)).toBe("refused");
    expect(tokenState({ expiresAt, revokedAt: null }, { ...there, isUnconfirmed: true }, 999)).toBe(
      "unconfirmed",
    );
  });
});

describe("what tokens carry", () => {
  test("is this closed list: no decision at a gate, no people, no roles, no tokens, no key of anything", () => {
    expect([...CARRIED].sort()).toEqual([
      ...[
        "delivery.record",
        "evidence.report",
        "log.export",
        "log.view",
        "pilot.view",
        "release.ask",
        "run.launch",
        "run.view",
      ],
    ]);
    const never =
      /^gate\.|^person\.|^role\.|^token\.|^account\.|^passkey\.|^log\.access$|\.(manage|enrol|lift)$/;
    expect(CARRIED.filter((permission) => never.test(permission))).toEqual([]);
  });
});

const grant = fc.record<RoleGrant>(
  {
    role: fc.constantFrom(...Role.options, "rol_1" as const),
    pilotId: fc.constantFrom(null, "pil_1", "pil_2"),
    permissions: fc.subarray(all),
  },
  { requiredKeys: ["role", "pilotId"] },
);
const reach = fc.record({
  permissions: fc.subarray<string>([...all, "constructor", "everything"]),
  pilotIds: fc.option(fc.subarray(["pil_1", "pil_2", "pil_3"])),
});

describe("an owner's grants, narrowed to a token", () => {
  test("probe: never give what the owner has not, what the token does not name, or what none carries", () => {
    fc.assert(
      fc.property(fc.array(grant, { maxLength: 5 }), reach, (grants, token) => {
        const held = narrowed(grants, token);
        for (const permission of all) {
          for (const pilotId of ["pil_1", "pil_2", "pil_3"]) {
            const isNamed =
              token.permissions.includes(permission) && CARRIED.some((one) => one === permission);
            const isThere = token.pilotIds === null || token.pilotIds.includes(pilotId);
            expect(can(held, permission, pilotId)).toBe(
              isNamed && isThere && can(grants, permission, pilotId),
            );
          }
        }
      }),
    );
  });

  test("probe: of a token for pilots nothing reaches the organisation", () => {
    const held = narrowed([{ role: "engineering_lead", pilotId: null }], {
      permissions: [...CARRIED],
      pilotIds: ["pil_1"],
    });
    expect(held.map(({ pilotId }) => pilotId)).toEqual(["pil_1"]);
    expect(held.flatMap(permissionsOf)).not.toContain("gate.decide");
  });
});
