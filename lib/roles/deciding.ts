// Roles that were made here, as gates and charters name them: what they are called, and whether whoever holds one decides.
import type { Db } from "../db.ts";
import { selectMade } from "./store.ts";

export interface DecidingRole {
  readonly id: string;
  readonly name: string;
  /** `powerless`: it does not include deciding at gates. */
  readonly standing: "decides" | "retired" | "powerless";
}

/** Those of the roles that were made here, retired ones too; nothing of built-in ones, and of ids there never were. */
export async function decidingRoles(db: Db, roles: readonly string[]): Promise<DecidingRole[]> {
  const made = [...new Set(roles)].filter((role) => role.startsWith("rol_"));
  if (made.length === 0) return [];
  return (await selectMade(db, made)).map(({ id, name, retiredAt, permissions }) => {
    if (retiredAt !== null) return { id, name, standing: "retired" };
    return { id, name, standing: permissions.includes("gate.decide") ? "decides" : "powerless" };
  });
}

/** Every role made here that includes deciding at gates, by name: what a charter may name. */
export async function listDecidingRoles(db: Db): Promise<{ readonly id: string; readonly name: string }[]> {
  const made = await selectMade(db, null);
  return made
    .filter(({ retiredAt, permissions }) => retiredAt === null && permissions.includes("gate.decide"))
    .map(({ id, name }) => ({ id, name }));
}
