// Who decides on a week: the charter's two owners; where it names none, two leads, one of whom leads security.
import { can } from "../authz/rules.ts";
import type { RoleKey } from "../authz/schema.ts";
import type { Tx } from "../db.ts";
import { refused } from "../errors.ts";
import type { GateRule } from "../gates/rules.ts";
import { liveGrants } from "../people/service.ts";
import type { Charter } from "../pilots/schema.ts";

export async function weekRule(tx: Tx, { kpis }: Charter, pilotId: string): Promise<GateRule> {
  const { owners } = kpis;
  if (owners.length === 0)
    return {
      ...{ needed: 2, roles: ["security_lead", "engineering_lead"], barred: [] },
      mustHold: "security_lead",
    };
  const roles = new Set<RoleKey>();
  for (const owner of owners) {
    const own = (await liveGrants(tx, owner)).filter(
      (grant) =>
        grant.deputyOf === undefined &&
        (grant.pilotId === null || grant.pilotId === pilotId) &&
        can([grant], "gate.decide", pilotId),
    );
    if (own.length === 0)
      throw refused("One of the pilot's owners may no longer decide at gates here. Amend the charter first.");
    for (const { role } of own) roles.add(role);
  }
  return { needed: owners.length, roles: [...roles].sort(), barred: [], people: [...owners] };
}
