import type { SnapshotReason } from "../protocol/steering.ts";

/** A place where a run can be taken up again, as its page shows it. */
export interface SnapshotView {
  readonly blobId: string;
  readonly attempt: number;
  readonly driver: string;
  readonly turn: number;
  /** Id of the git tree that the checkout was. */
  readonly tree: string;
  readonly why: SnapshotReason;
  readonly at: Date;
  readonly bytes: number;
  /** Its bytes are there; a run can be taken up from the newest of these. */
  readonly isKept: boolean;
}
