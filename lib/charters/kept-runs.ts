// Runs that go on under the charter they were launched under, when another comes into force: whoever approves their merges
// approves under both, so both have to name a role in common.

import { nameOfRole } from "../authz/rules.ts";
import type { Tx } from "../db.ts";
import { commonRoles, rolesToMerge } from "../merges/rules.ts";
import type { Charter, StoredCharter } from "../pilots/schema.ts";
import { charterOf } from "../pilots/service.ts";
import { decidingRoles } from "../roles/deciding.ts";
import { openChartersOf } from "./store.ts";

/** Null where runs may be kept; else the sentence that names the roles. `besides`: charters runs may yet be launched under. */
export async function whyNotKept(
  tx: Tx,
  pilotId: string,
  besides: readonly StoredCharter[],
  { charter, version }: StoredCharter,
): Promise<string | null> {
  const open = await openChartersOf(tx.db, pilotId);
  for (const { charterId, runs } of open) {
    const known = besides.find(({ id }) => id === charterId)?.charter;
    const own = known ?? (await charterOf(tx.db, charterId));
    if (commonRoles(own, charter) !== null) continue;
    const [theirs, next] = [await rolesOf(tx, own), await rolesOf(tx, charter)];
    return `${runs === 1 ? "A run that is" : `${runs} runs that are`} under way may be merged by ${theirs} only, and version ${version} lets only ${next} approve. Nobody could under both: stop the runs, or name a role in common.`;
  }
  return null;
}

async function rolesOf(tx: Tx, charter: Charter): Promise<string> {
  const roles = rolesToMerge(charter);
  const made = Object.fromEntries((await decidingRoles(tx.db, roles)).map(({ id, name }) => [id, name]));
  return roles.map((role) => nameOfRole(role, made)).join(" or ");
}
