// A test is known by `file › suite › name`. Two of one name in a report get `#2`, `#3`, … in their order.
import { createHash } from "node:crypto";
import { visibleText } from "#lib/text/rules.ts";

export const ID_SEPARATOR = " › ";
const ID_LENGTH = 1000;
const ROOM_FOR_NUMBER = 10;

/** One id per name, unique, at most 1,000 characters, nothing invisible in them. */
export function uniqueIds(names: readonly (readonly string[])[]): string[] {
  const seen = new Set<string>();
  const last = new Map<string, number>();
  return names.map((parts) => {
    const id = idOf(parts);
    let number = last.get(id) ?? 1;
    let unique = number === 1 ? id : `${id} #${number}`;
    while (seen.has(unique)) unique = `${id} #${++number}`;
    last.set(id, number);
    seen.add(unique);
    return unique;
  });
}

function idOf(parts: readonly string[]): string {
  const id = parts.map((part) => visibleText(part, "line").trim() || "(no name)").join(ID_SEPARATOR);
  const max = ID_LENGTH - ROOM_FOR_NUMBER;
  if (id.length <= max) return id;
  const digest = createHash("sha256").update(id).digest("hex").slice(0, 12);
  return `${id.slice(0, max - 14).toWellFormed()}… ${digest}`;
}

/** The file part of an id. */
export function fileOf(id: string): string {
  return id.split(ID_SEPARATOR, 1)[0] ?? id;
}
