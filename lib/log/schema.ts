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
  readonly kind: "user" | "runner" | "system";
  readonly id: string;
  /** The person's or runner's name; the id where nobody has it. */
  readonly name: string;
}

export interface EntryView {
  readonly id: string;
  readonly kind: EntryKind;
  readonly at: Date;
  readonly about: readonly Subject[];
  readonly actor: ActorView;
  readonly detail: Readonly<Record<string, unknown>>;
}

export interface EntryPage {
  /** Newest first. */
  readonly entries: readonly EntryView[];
  /** Pass it as `after` for the next page; null on the last. */
  readonly next: string | null;
}

export interface EntryDetailView extends EntryView {
  /** Exactly the bytes the log commits to, as text. */
  readonly canonical: string;
  /** Hex SHA-256 of those bytes. */
  readonly sha256: string;
  /** Opaque id of the request that wrote it. */
  readonly request: string;
}

/** A filter as the database is asked. Null: no condition. */
export interface EntryConditions {
  readonly kind: string | null;
  readonly actor: string | null;
  /** Any of these. */
  readonly subjects: readonly string[] | null;
  readonly pilotId: string | null;
  readonly from: Date | null;
  /** Not included. */
  readonly before: Date | null;
  /** Entries of other pilots are not there. */
  readonly visible: "all" | readonly string[];
}
