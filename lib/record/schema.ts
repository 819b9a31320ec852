// Entries as they are given to `tx.record` and as they are read back. `detail` holds opaque ids, digests, integers and
// closed words; free text that a person or an agent wrote is committed to by digest.
import { z } from "zod";
import { type EntryKind, KINDS, type NewDetail } from "./kinds/all-kinds.ts";
import type { CarriedBy } from "./kinds/carries.ts";
import { digest } from "./kinds/words.ts";

export type { EntryKind } from "./kinds/all-kinds.ts";

export const ENTRY_KINDS = Object.keys(KINDS) as [EntryKind, ...EntryKind[]];

export const SUBJECT_NOUNS = [
  "person",
  "repository",
  "pilot",
  "agent",
  "enrolment",
  "runner",
  "run",
  "gate",
  "stop",
  "drill",
  "control_test",
  "log",
  "access",
  "export",
  "redaction",
  "provider",
  "price",
  "gateway",
  "finding",
  "channel",
  "role",
  "group",
  "token",
  "release",
  "passkey",
  "import",
  "incident",
  "facts",
  "comparison",
] as const;
export type SubjectNoun = (typeof SUBJECT_NOUNS)[number];
export type Subject = `${SubjectNoun}:${string}`;
export type Subjects = readonly [Subject, ...Subject[]];

export type NewEntryOf<K extends EntryKind> = {
  readonly kind: K;
  readonly about: Subjects;
  readonly detail: NewDetail<K>;
} & CarriedBy<K>;

export type NewEntry = { [K in EntryKind]: NewEntryOf<K> }[EntryKind];

const subject = z.templateLiteral([z.enum(SUBJECT_NOUNS), ":", z.string().regex(/^[0-9A-Za-z_-]{1,100}$/)]);
export const About = z.tuple([subject], subject);
const opaque = z.string().min(1).max(200);

/** `reviewer`, or `reviewer@pil_…` for a role on one pilot; `rol_…` for one that was made here. */
const heldRole = z.string().regex(/^([a-z_]{1,40}|rol_[0-9a-z]{1,40})(@[0-9A-Za-z_-]{1,100})?$/);
const runner = z.strictObject({ kind: z.literal("runner"), runnerId: opaque });
const system = z.strictObject({ kind: z.literal("system"), name: opaque });
const user = { kind: z.literal("user"), personId: opaque, sessionId: opaque } as const;
const token = { kind: z.literal("token"), personId: opaque, tokenId: opaque } as const;

const kind = z.enum(ENTRY_KINDS);
const envelope = { id: opaque, kind, about: About, request: opaque } as const;

/** The first form: nothing of roles, charter and change, and details that no schema bound. */
export const EntryV1 = z.strictObject({
  v: z.literal(1),
  ...envelope,
  actor: z.discriminatedUnion("kind", [z.strictObject(user), runner, system]),
  detail: z.record(z.string(), z.unknown()),
});

export const EntryV2 = z.strictObject({
  v: z.literal(2),
  ...envelope,
  actor: z.discriminatedUnion("kind", [
    z.strictObject({ ...user, roles: z.array(heldRole) }),
    z.strictObject({ ...token, roles: z.array(heldRole) }),
    runner,
    system,
  ]),
  charter: digest.optional(),
  before: digest.optional(),
  after: digest.optional(),
  detail: z.record(z.string(), z.unknown()),
});

export type EntryActor = z.infer<typeof EntryV2>["actor"];

/** An entry read back, of any version. */
export interface Entry {
  readonly v: 1 | 2;
  readonly id: string;
  readonly kind: EntryKind;
  readonly about: readonly Subject[];
  readonly actor: EntryActor;
  readonly request: string;
  /** Digest of the charter in force; null where none was, or the version did not say. */
  readonly charter: string | null;
  /** Digests of the state replaced and of the one that replaced it; see lib/record/change.ts. */
  readonly before: string | null;
  readonly after: string | null;
  readonly detail: Readonly<Record<string, unknown>>;
}
