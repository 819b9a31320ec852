import { ROLE_NAMES, type Role } from "#lib/authz/schema.ts";

const isRole = (word: string): word is Role => Object.hasOwn(ROLE_NAMES, word);

/** ["engineering_lead", "reviewer"] → "engineering lead or reviewer" */
export function rolesInWords(roles: readonly string[], made: Readonly<Record<string, string>> = {}): string {
  const names = roles.map((role) => {
    if (isRole(role)) return ROLE_NAMES[role].toLowerCase();
    return Object.hasOwn(made, role) ? `“${made[role]}”` : role;
  });
  const last = names.at(-1) ?? "nobody";
  return names.length <= 1 ? last : `${names.slice(0, -1).join(", ")} or ${last}`;
}
