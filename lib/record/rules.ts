import canonicalize from "canonicalize";
import type { RoleGrant } from "../authz/schema.ts";
import type { Actor, Scope } from "../scope.ts";
import { type Detail, type EntryKind, KINDS } from "./kinds/all-kinds.ts";
import { carriedFault } from "./kinds/carries.ts";
import { About, type Entry, type EntryActor, EntryV1, EntryV2, type NewEntry } from "./schema.ts";

export const ENTRY_VERSION = 2;

/** An entry bundle of C2SP tlog-tiles gives an entry's length sixteen bits. */
export const MAX_ENTRY_BYTES = 65_535;

/** RFC 8785 text. Throws on floats and on what JSON cannot say: such a value is a defect of the caller. */
export function canonicalText(value: unknown): string {
  const text = canonicalize(value);
  if (text === undefined) throw new Error("not representable as canonical JSON");
  return text;
}

/** `reviewer`, `reviewer@pil_…`: sorted, each once. */
export function heldRoles(grants: readonly RoleGrant[]): string[] {
  const held = grants.map(({ role, pilotId }) => (pilotId === null ? role : `${role}@${pilotId}`));
  return [...new Set(held)].sort();
}

function namedActor(actor: Actor, grants: readonly RoleGrant[]): EntryActor {
  return actor.kind === "user" || actor.kind === "token" ? { ...actor, roles: heldRoles(grants) } : actor;
}

/** The bytes the log commits to. Throws on what no reader could make sense of: a defect of the caller. */
export function entryBytes(
  id: string,
  entry: NewEntry,
  { actor, grants, requestId }: Pick<Scope, "actor" | "grants" | "requestId">,
): Uint8Array<ArrayBuffer> {
  const { kind, about, charter, before, after } = entry;
  const fault = carriedFault(kind, entry);
  if (fault !== null) throw new Error(`an entry ${kind} does not carry what its kind says: ${fault}`);
  if (!About.safeParse(about).success) throw new Error(`an entry ${kind} names a subject that is none`);
  const text = canonicalText({
    v: ENTRY_VERSION,
    id,
    kind,
    about,
    actor: namedActor(actor, grants),
    request: requestId,
    ...(charter ? { charter } : {}),
    ...(before ? { before } : {}),
    ...(after ? { after } : {}),
    detail: checkedDetail(kind, entry.detail),
  });
  const bytes = new Uint8Array(Buffer.from(text, "utf8"));
  if (bytes.length > MAX_ENTRY_BYTES)
    throw new Error(`an entry ${kind} of ${bytes.length} bytes is longer than ${MAX_ENTRY_BYTES}`);
  return bytes;
}

function checkedDetail<K extends EntryKind>(kind: K, detail: unknown): unknown {
  const parsed = KINDS[kind].safeParse(detail);
  if (parsed.success) return parsed.data;
  const [{ path, message } = { path: [], message: "unreadable" }] = parsed.error.issues;
  throw new Error(`the detail of an entry ${kind} breaks its schema at “${path.join(".")}”: ${message}`);
}

const UTF8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * Reads an entry of any version. Throws on bytes that no version of ours wrote: another text than the canonical one
 * could be read differently by somebody else.
 */
export function readEntry(bytes: Uint8Array): Entry {
  const text = UTF8.decode(bytes);
  const value: unknown = JSON.parse(text);
  if (canonicalText(value) !== text) throw new Error("an entry is not in canonical form");
  const entry = (isFirstForm(value) ? EntryV1 : EntryV2).parse(value);
  if (entry.v === 2) checkedDetail(entry.kind, entry.detail);
  const { charter = null, before = null, after = null } = entry.v === 2 ? entry : {};
  const actor: EntryActor =
    entry.v === 1 && entry.actor.kind === "user"
      ? { ...entry.actor, roles: [] }
      : (entry.actor as EntryActor);
  return { ...entry, actor, charter, before, after };
}

const isFirstForm = (value: unknown): boolean =>
  typeof value === "object" && value !== null && "v" in value && value.v === 1;

/** The detail as its kind's schema gives it, or null for another kind and for a version that no schema bound. */
export function detailOf<K extends EntryKind>(kind: K, entry: Entry): Detail<K> | null {
  if (entry.kind !== kind) return null;
  const parsed = KINDS[kind].safeParse(entry.detail);
  return parsed.success ? (parsed.data as Detail<K>) : null;
}
