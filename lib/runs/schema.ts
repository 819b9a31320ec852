import { z } from "zod";
import { RunKind } from "../pilots/schema/goal.ts";

export const RunStatus = z.enum([
  "queued",
  "preparing",
  "working",
  "awaiting_decision",
  "paused",
  "verifying",
  "in_review",
  "merging",
  "merged",
  "rejected",
  "failed",
  "cancelled",
]);
export type RunStatus = z.infer<typeof RunStatus>;

/** UTF-16 units. */
export const MAX_TASK = 8000;

export const LaunchRun = z.object({
  pilotId: z.string().min(1),
  agentId: z.string().min(1),
  title: z
    .string()
    .trim()
    .min(3, "Say in a few words what the run is for (3 characters or more).")
    .max(200, "At most 200 characters."),
  /** What the agent is to do; for agents with a model, which read it word for word. */
  task: z
    .string()
    .trim()
    .max(MAX_TASK, `At most ${MAX_TASK.toLocaleString("en")} characters.`)
    .optional(),
  /** One of those the charter names; where nobody chooses, that of its goal. */
  kind: RunKind.optional(),
  /** Made once by the form, so that a double submit is one run. */
  requestKey: z.string().min(8).max(100),
});
export type LaunchRun = z.infer<typeof LaunchRun>;

export const CancelRun = z.object({
  runId: z.string().min(1),
  reason: z.string().trim().min(3, "Say why in a few words.").max(500, "At most 500 characters."),
});
export type CancelRun = z.infer<typeof CancelRun>;

export const PauseRun = CancelRun;
export type PauseRun = CancelRun;

export const ResumeRun = z.object({ runId: z.string().min(1).max(100) });
export type ResumeRun = z.infer<typeof ResumeRun>;

/** What was the matter with a patch that was rejected, for the figures. */
export const RejectedAs = z.enum(["wrong", "unsafe", "style", "scope", "duplicate"]);
export type RejectedAs = z.infer<typeof RejectedAs>;

/** A form sends nothing chosen as an empty text. */
export const RejectedAsField = z.preprocess(
  (chosen) => (chosen === "" ? undefined : chosen),
  RejectedAs.optional(),
);

export const RejectRun = CancelRun.extend({ rejectedAs: RejectedAsField });
export type RejectRun = z.infer<typeof RejectRun>;

/** A run where its name is enough. */
export type RunName = Pick<RunView, "id" | "title" | "status">;

/** A run as lists and pages show it. */
export interface RunView {
  readonly id: string;
  readonly pilotId: string;
  readonly pilotName: string;
  readonly repositoryId: string;
  readonly repositoryName: string;
  readonly branch: string;
  readonly agentId: string;
  readonly agentName: string;
  readonly driver: string;
  readonly charterId: string;
  readonly charterVersion: number;
  readonly charterDigest: string;
  readonly kind: string;
  readonly title: string;
  readonly status: RunStatus;
  readonly reason: string | null;
  readonly baseCommit: string;
  readonly attempt: number;
  /** A runner has it now. */
  readonly isHeld: boolean;
  readonly launchedBy: string;
  readonly launchedByName: string;
  readonly launchedAt: Date;
  readonly startedAt: Date | null;
  readonly reviewOpenedAt: Date | null;
  readonly endedAt: Date | null;
}

/** A lease as the run page shows it. */
export interface LeaseView {
  readonly id: string;
  readonly attempt: number;
  readonly phase: string;
  readonly runnerName: string;
  readonly tier: string;
  readonly grantedAt: Date;
  readonly endedAt: Date | null;
  readonly endReason: string | null;
}

/** A launch that a rule refused. */
export interface LaunchRefusal {
  readonly id: string;
  readonly agentName: string;
  readonly personName: string;
  /** The sentence that whoever asked was told. */
  readonly reason: string;
  readonly at: Date;
}
