import { z } from "zod";
import { ENTRY_KINDS, type EntryKind, type Subject } from "../record/schema.ts";

const DAY = "Write a day as 2030-12-31.";

/** From the URL of the log page; all filters together. */
export const EntryFilter = z.strictObject({
  kind: z.enum(ENTRY_KINDS).optional(),
  /** A person's or runner's id, or `system:` and a name. */
  actor: z.string().min(1).max(200).optional(),
  /** `run:run_…`, or just the id. */
  subject: z.string().min(1).max(200).optional(),
  /** Everything about the pilot and what belongs to it. */
  pilotId: z.string().min(1).max(100).optional(),
  /** First and last day, UTC. */
  from: z.iso.date(DAY).optional(),
  to: z.iso.date(DAY).optional(),
});
export type EntryFilter = z.infer<typeof EntryFilter>;

export interface ActorView {
  readonly kind: "user" | "token" | "runner" | "system";
  readonly id: string;
  /** The person's or runner's name; the id where nobody has it. */
  readonly name: string;
  /** Held when the entry was written: `reviewer`, `reviewer@pil_…`. Empty where the entry does not say. */
  readonly roles: readonly string[];
}

export interface EntryView {
  readonly id: string;
  readonly kind: EntryKind;
  readonly at: Date;
  /** Counts from 0 in its epoch; null while the entry waits for the notary. */
  readonly index: number | null;
  readonly about: readonly Subject[];
  /** Null where the bytes are not an entry of ours. */
  readonly actor: ActorView | null;
  readonly detail: Readonly<Record<string, unknown>>;
}

export interface EntryPage {
  /** Newest first. */
  readonly entries: readonly EntryView[];
  /** Pass it as `after` for what is older; null where nothing is. */
  readonly next: string | null;
  /** Set where the page ends before it is full: how far back it has looked. `next` goes on there. */
  readonly lookedBackTo: Date | null;
}

export interface EntryDetailView extends EntryView {
  /** Exactly the bytes the log commits to, as text. */
  readonly canonical: string;
  /** Hex SHA-256 of those bytes. */
  readonly sha256: string;
  /** Opaque id of the request that wrote it. */
  readonly request: string | null;
  /** Digests: of the charter in force, of the state that was replaced, and of the one that replaced it. */
  readonly charter: string | null;
  readonly before: string | null;
  readonly after: string | null;
  /** Names of what it is about, by subject, where there is one. */
  readonly names: Readonly<Record<string, string>>;
}

/** A filter as the database is asked: of every group at least one term. */
export interface EntryConditions {
  readonly groups: readonly (readonly string[])[];
  readonly from: Date | null;
  /** Not included. */
  readonly before: Date | null;
}

export const TEXT_FIELDS = ["command", "path", "host", "prompt", "output"] as const;
export type TextField = (typeof TEXT_FIELDS)[number];

/** Alarms under which nothing is merged. */
export const DISPUTES = ["witness_refused", "database_disagrees"] as const;

export interface AlarmView {
  readonly kind: string;
  /** In words. */
  readonly title: string;
  /** What the notary found; null for who may not read the log. */
  readonly detail: string | null;
  readonly since: Date;
  readonly stopsMerges: boolean;
}

export interface WitnessView {
  readonly name: string;
  readonly size: number | null;
  readonly cosignedAt: Date | null;
  readonly refusal: string | null;
  readonly refusedAt: Date | null;
}

export interface LogState {
  /** Entries that are numbered, through all epochs. */
  readonly numbered: number;
  /** Entries that wait for the notary; at most `WAITING_SHOWN` are counted. */
  readonly waiting: number;
  /** Numbered entries that filters and search do not find yet. */
  readonly unindexed: number;
  readonly epoch: number | null;
  readonly origin: string | null;
  readonly epochStartedAt: Date | null;
  readonly checkpoint: {
    readonly size: number;
    readonly root: string;
    readonly signedAt: Date;
    readonly keyId: string | null;
  } | null;
  readonly witnesses: readonly WitnessView[];
  readonly alarms: readonly AlarmView[];
}
