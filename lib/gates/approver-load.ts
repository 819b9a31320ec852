// How much deciding falls to each person of a pilot: what waits for them now, and what they have decided. By name, never by
// how much it is: nobody is ranked.
import { requirePermission } from "../authz/require.ts";
import { read } from "../db.ts";
import { namesOf, peopleWith } from "../people/service.ts";
import type { Scope } from "../scope.ts";
import type { ApproverLoad } from "./approver-rules.ts";
import { countOpen, countTaken, selectRolesAsked } from "./inbox-store.ts";
import { deciderOf } from "./service.ts";

/** Of who may approve something that is open, and who decided something once. */
export async function listApproverLoad(scope: Scope, pilotId: string): Promise<ApproverLoad[]> {
  requirePermission(scope, "kpi.view", pilotId);
  const now = new Date(scope.clock.now());
  return read(scope, async (db) => {
    const roles = await selectRolesAsked(db, pilotId);
    const [holders, decisions] = await Promise.all([peopleWith(db, roles, pilotId), countTaken(db, pilotId)]);
    const taken = new Map(decisions.map((row) => [row.personId, row.taken]));
    const people = [...new Set([...holders.map(({ personId }) => personId), ...taken.keys()])];
    const names = await namesOf(scope, people);
    const loads = await Promise.all(
      people.map(async (personId) => ({
        ...{ personId, name: names.get(personId) ?? personId, taken: taken.get(personId) ?? 0 },
        waiting: (await countOpen(db, [pilotId], await deciderOf(db, personId), now)).mine,
      })),
    );
    return loads
      .filter(({ waiting, taken: decided }) => waiting + decided > 0)
      .sort((one, other) => one.name.localeCompare(other.name) || one.personId.localeCompare(other.personId));
  });
}
