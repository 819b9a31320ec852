// A run as its bundle tells it.
import { z } from "zod";
import type { EntryActor } from "../record/schema.ts";

export const DossierFormat = z.enum(["html", "jsonl"]);

export interface ToldEntry {
  readonly index: number;
  readonly kind: string;
  readonly about: readonly string[];
  readonly actor: EntryActor;
  readonly detail: Readonly<Record<string, unknown>>;
}

export interface ToldDocument {
  /** Index of the entry that cites it first. */
  readonly index: number;
  readonly name: string;
  readonly sha256: string;
  readonly text: string;
}

export interface ToldBlob {
  readonly index: number;
  readonly name: string;
  readonly commitment: string;
  readonly isRedacted: boolean;
}

/** Everything a bundle says but the events, of which there may be very many. */
export interface ToldBundle {
  readonly origin: string;
  readonly size: number;
  readonly note: string;
  readonly entries: readonly ToldEntry[];
  /** Each text once. */
  readonly documents: readonly ToldDocument[];
  readonly blobs: readonly ToldBlob[];
  readonly events: number;
  readonly lines: number;
  /** Why the bundle ended before its end; null where it did not. */
  readonly broken: string | null;
}

/** One decision at a gate, with what is needed to judge it. */
export interface ToldDecision {
  readonly gateId: string;
  readonly decides: string;
  readonly document: ToldDocument;
  readonly approvals: readonly ToldApproval[];
  readonly outcome: string;
  /** Sentences: the rule, and for each person why it let them decide. */
  readonly why: readonly string[];
}

export interface ToldApproval {
  readonly index: number;
  /** The entry by which it counted no more; null where it stands. */
  readonly withdrawnAt: number | null;
  readonly personId: string;
  readonly role: string;
  readonly decision: string;
  /** Roles held when it was given, as the entry says. */
  readonly held: readonly string[];
  readonly reason: string | null;
}
