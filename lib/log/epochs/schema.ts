/** A log of its own name. A new one begins after a restore. */
export interface EpochView {
  readonly epoch: number;
  readonly origin: string;
  readonly startedAt: Date;
  /** Entries under its newest checkpoint in this database; null where there is none. */
  readonly size: number | null;
  /** Why it began; null for the first, and where its first entry cannot be read. */
  readonly cause: EpochCause | null;
}

/** What the first entry of a later log says of the one before. */
export interface EpochCause {
  /** Null for who may not read it. */
  readonly entryId: string | null;
  readonly oldOrigin: string;
  /** Entries that were signed, and how many of them the database held when the new log began. */
  readonly oldSize: number;
  readonly kept: number;
}
