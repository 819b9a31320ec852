import fc from "fast-check";
import { expect, test } from "vitest";
import { may } from "../authz/require.ts";
import { permissionsOf } from "../authz/rules.ts";
import { PERMISSIONS, type Permission, RESERVED, Role, type RoleGrant } from "../authz/schema.ts";
import type { HeldGrant } from "../people/schema.ts";
import { testScope } from "../testing/scopes.ts";
import { explain } from "./rules.ts";
import { GRANTABLE, RoleInput } from "./schema.ts";

const permissions = Object.keys(PERMISSIONS) as Permission[];
const grant = fc.record({
  role: fc.constantFrom(...Role.options, "rol_own" as const),
  pilotId: fc.constantFrom(null, "pil_1", "pil_2"),
  own: fc.subarray(permissions),
});
interface Drawn extends Pick<RoleGrant, "role" | "pilotId"> {
  readonly own: Permission[];
}
const asGrant = ({ role, pilotId, own }: Drawn): RoleGrant =>
  role === "rol_own" ? { role, pilotId, permissions: own } : { role, pilotId };
const asHeld = (one: RoleGrant, index: number): HeldGrant => ({
  ...{ id: `grt_${index}`, role: one.role, roleName: one.role, pilotId: one.pilotId, pilotName: null },
  ...{ endsAt: null, how: "direct", viaName: null, permissions: permissionsOf(one) },
});

test("what the matrix says is what the doors decide, on the organisation and on every pilot", () => {
  fc.assert(
    fc.property(
      fc.array(grant, { maxLength: 5 }),
      fc.constantFrom(null, "pil_1", "pil_2", "pil_3"),
      (all, pilotId) => {
        const grants: RoleGrant[] = all.map(asGrant);
        const scope = { ...testScope(), grants };
        for (const { permission, by } of explain(grants.map(asHeld), pilotId))
          expect(by.length > 0).toBe(may(scope, permission, pilotId));
      },
    ),
  );
});

test("probe: a role is made of permissions that are listed, and never of what lets others in", () => {
  const make = (...words: string[]) => RoleInput.safeParse({ name: "R", permissions: words }).success;
  expect(make("run.view")).toBe(true);
  for (const word of [...RESERVED, "constructor", "run.view ", "nothing.known"])
    expect(make(word)).toBe(false);
  expect(make()).toBe(false);
  expect(GRANTABLE.length + RESERVED.length).toBe(permissions.length);
});
