import type { EntryView } from "#lib/log/schema.ts";
import { shortId } from "../format.ts";

const HASH = /^[0-9a-f]{40,64}$/;
const ID = /^[a-z]{3}_[0-9a-z]{22}$/;

function written(value: unknown): string {
  if (typeof value === "string")
    return HASH.test(value) ? value.slice(0, 8) : ID.test(value) ? shortId(value) : value;
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  if (Array.isArray(value))
    return value.length <= 3 ? value.map(written).join(", ") : `${value.length} values`;
  return "…";
}

/** One line for a list: whom it is about, then what it says; ids and digests short. */
export function inWords({ about, detail }: Pick<EntryView, "about" | "detail">): string {
  const subjects = about.map((subject) => shortId(subject.slice(subject.indexOf(":") + 1))).join(", ");
  const says = Object.entries(detail)
    .filter(([, value]) => value !== null && value !== "")
    .map(([name, value]) => `${name} ${written(value)}`)
    .join(" · ");
  return says === "" ? subjects : `${subjects} · ${says}`;
}

export interface DetailRow {
  readonly name: string;
  readonly text: string;
  /** An id or digest, to be copied whole; null for what stands there in full. */
  readonly whole: string | null;
}

const sentenceCase = (name: string): string => {
  const words = name.replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
};

/** What the entry says besides, one row each; what it leaves open is left out. */
export function detailRows(detail: EntryView["detail"]): DetailRow[] {
  return Object.entries(detail)
    .filter(([, value]) => value !== null && value !== "")
    .map(([name, value]) => {
      const isToken = typeof value === "string" && (HASH.test(value) || ID.test(value));
      const text = typeof value === "object" ? JSON.stringify(value) : String(value);
      return { name: sentenceCase(name), text, whole: isToken ? text : null };
    });
}
