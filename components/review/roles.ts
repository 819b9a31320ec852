import { ROLE_NAMES, type Role } from "#lib/authz/schema.ts";

const isRole = (word: string): word is Role => Object.hasOwn(ROLE_NAMES, word);

/** ["engineering_lead", "reviewer"] → "engineering lead or reviewer" */
export function rolesInWords(roles: readonly string[]): string {
  const names = roles.map((role) => (isRole(role) ? ROLE_NAMES[role].toLowerCase() : role));
  const last = names.at(-1) ?? "nobody";
  return names.length <= 1 ? last : `${names.slice(0, -1).join(", ")} or ${last}`;
}
