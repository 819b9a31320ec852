// Roles made here, as a charter's gates name them: each has to be there and to include deciding at gates.
import type { Db } from "../db.ts";
import { refused } from "../errors.ts";
import { decidingRoles } from "../roles/deciding.ts";
import type { Charter } from "./schema.ts";

/** A sentence for each that nobody could decide with. */
export async function faultsOfRoles(db: Db, { controls }: Charter): Promise<string[]> {
  const named = [...new Set(controls.gates.flatMap(({ roles }) => roles))];
  const made = await decidingRoles(db, named);
  return named
    .filter((role) => role.startsWith("rol_"))
    .flatMap((id) => {
      const role = made.find((one) => one.id === id);
      if (!role) return [`There is no role ${id}.`];
      if (role.standing === "retired") return [`The role “${role.name}” is retired: nobody decides with it.`];
      return role.standing === "powerless" ? [`The role “${role.name}” does not include “gate.decide”.`] : [];
    });
}

/** Throws refused where a gate names a role that decides nothing. */
export async function refuseUnknownRoles(db: Db, charter: Charter): Promise<void> {
  const faults = await faultsOfRoles(db, charter);
  if (faults.length > 0) throw refused(faults.join(" "), { "controls.gates": faults });
}
