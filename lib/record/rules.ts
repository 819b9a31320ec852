import canonicalize from "canonicalize";
import type { Actor } from "../scope.ts";
import type { EntryDetail, NewEntry } from "./schema.ts";

export const ENTRY_VERSION = 1;

/** RFC 8785 text. Throws on floats and on what JSON cannot say: such a value is a defect of the caller. */
export function canonicalText(value: unknown): string {
  const text = canonicalize(value);
  if (text === undefined) throw new Error("not representable as canonical JSON");
  return text;
}

function refuseFloats(value: EntryDetail[string], path: string): void {
  if (typeof value === "number" && !Number.isSafeInteger(value)) {
    throw new Error(`entry detail ${path} is ${value}: entries hold integers only`);
  }
  if (typeof value === "object" && value !== null) {
    for (const [key, inner] of Object.entries(value)) refuseFloats(inner, `${path}.${key}`);
  }
}

/** The bytes the log commits to. */
export function entryBytes(
  id: string,
  entry: NewEntry,
  actor: Actor,
  requestId: string,
): Uint8Array<ArrayBuffer> {
  refuseFloats(entry.detail, "detail");
  const text = canonicalText({
    v: ENTRY_VERSION,
    id,
    kind: entry.kind,
    about: entry.about,
    actor,
    request: requestId,
    detail: entry.detail,
  });
  return new Uint8Array(Buffer.from(text, "utf8"));
}
