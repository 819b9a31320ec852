import { can, type Permission, permissionsOf } from "../authz/rules.ts";
import type { RoleGrant } from "../authz/schema.ts";

export interface Giver {
  readonly personId: string;
  readonly grants: readonly RoleGrant[];
}

const has = ({ grants }: Giver, permission: Permission, pilotId: string | null): boolean =>
  pilotId === null
    ? can(
        grants.filter((grant) => grant.pilotId === null),
        permission,
      )
    : can(grants, permission, pilotId);

/**
 * Null where the person may take such a grant from somebody, else why not: an administrator any; others what they have
 * themselves at that place.
 */
export function refusalToTake(giver: Giver, given: RoleGrant): string | null {
  if (has(giver, "person.manage", null)) return null;
  const missing = permissionsOf(given).find((each) => !has(giver, each, given.pilotId));
  return missing === undefined
    ? null
    : `You can give and take only what you have yourself, and “${missing}” is not. Ask an administrator.`;
}

/** The same for giving it, to `people`: what anybody gets comes from another. */
export function refusalToGive(giver: Giver, given: RoleGrant, people: readonly string[]): string | null {
  if (people.includes(giver.personId)) return "You cannot give a role to yourself; somebody else has to.";
  return refusalToTake(giver, given);
}

export interface Holder {
  readonly name: string;
  readonly roleName: string;
}

const SHOWN = 5;

/** Who can be asked: "That is Ada (engineering lead) or Bo (security lead)." */
export function holdersSentence(holders: readonly Holder[]): string {
  const people = [...new Set(holders.map(({ name, roleName }) => `${name} (${roleName.toLowerCase()})`))];
  if (people.length === 0) return "Nobody holds such a role yet.";
  if (people.length > SHOWN)
    return `That is ${people.slice(0, SHOWN).join(", ")} or ${people.length - SHOWN} more.`;
  if (people.length === 1) return `That is ${people[0]}.`;
  return `That is ${people.slice(0, -1).join(", ")} or ${people.at(-1)}.`;
}
