import { ROLE_NAMES, type Role } from "../authz/schema.ts";

export interface Holder {
  readonly name: string;
  readonly role: Role;
}

const SHOWN = 5;

/** Who can be asked: "That is Ada (engineering lead) or Bo (security lead)." */
export function holdersSentence(holders: readonly Holder[]): string {
  const people = [...new Set(holders.map(({ name, role }) => `${name} (${ROLE_NAMES[role].toLowerCase()})`))];
  if (people.length === 0) return "Nobody holds such a role yet.";
  if (people.length > SHOWN)
    return `That is ${people.slice(0, SHOWN).join(", ")} or ${people.length - SHOWN} more.`;
  if (people.length === 1) return `That is ${people[0]}.`;
  return `That is ${people.slice(0, -1).join(", ")} or ${people.at(-1)}.`;
}
