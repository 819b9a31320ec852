import { z } from "zod";
import type { RunStatus } from "../runs/schema.ts";

/** What a run is called that undoes the merge of another. No charter names it: undoing is always allowed to be asked for. */
export const REVERT_KIND = "revert";

export const RequestRevert = z.object({ runId: z.string().min(1).max(100) });
export type RequestRevert = z.infer<typeof RequestRevert>;

/** Why the worker could not make a reverting patch. */
export const RevertFault = z.enum(["conflict", "nothing_left", "not_there", "not_made"]);
export type RevertFault = z.infer<typeof RevertFault>;

export interface LinkedRun {
  readonly runId: string;
  readonly title: string;
  readonly status: RunStatus;
}

/** What undoes what, from the side of one run. */
export interface RevertLinks {
  /** The run whose merge this one undoes. */
  readonly reverts: (LinkedRun & { readonly commit: string }) | null;
  /** Runs that undo this one's merge, the newest first. */
  readonly revertedBy: readonly LinkedRun[];
  /** One of them is under way, or stands: another is not asked for. */
  readonly isUnderWay: boolean;
  /** The merge could not be undone by itself, and an agent may be asked instead. */
  readonly mayHandOver: boolean;
}

/** What an agent may be asked to do instead, for a person to read, change and send. */
export interface HandOver {
  readonly title: string;
  readonly task: string;
}
