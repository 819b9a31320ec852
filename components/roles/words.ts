import type { Permission } from "#lib/authz/schema.ts";

/** Permissions by their noun, as the table has them. */
export function byNoun(permissions: readonly Permission[]): [noun: string, permissions: Permission[]][] {
  const nouns = new Map<string, Permission[]>();
  for (const permission of permissions) {
    const [noun = ""] = permission.split(".");
    nouns.set(noun, [...(nouns.get(noun) ?? []), permission]);
  }
  return [...nouns];
}
