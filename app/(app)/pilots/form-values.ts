import type { FormValues } from "#lib/pilots/form.ts";

/** The door nests dotted names; the charter's form is read by its flat ones. */
export function flatValues(input: unknown, prefix = ""): FormValues {
  if (typeof input !== "object" || input === null) return {};
  const flat: Record<string, string | readonly string[]> = {};
  for (const [key, value] of Object.entries(input)) {
    const name = `${prefix}${key}`;
    if (typeof value === "string") flat[name] = name === "controls.approverRoles" ? [value] : value;
    else if (Array.isArray(value)) flat[name] = value.map(String);
    else Object.assign(flat, flatValues(value, `${name}.`));
  }
  return flat;
}
