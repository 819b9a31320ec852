// Background work of the worker, by queue. Payloads hold ids only: a job reads the present state.
import { z } from "zod";

export const JOBS = {
  mirror_repository: z.object({ repositoryId: z.string() }),
  compare_patches: z.object({ runId: z.string() }),
  import_patch: z.object({ runId: z.string(), attempt: z.int() }),
  read_forge_rules: z.object({ repositoryId: z.string() }),
  publish_merge: z.object({ mergeId: z.string() }),
  launch_demo_run: z.object({ pilotId: z.string(), agentId: z.string() }),
} as const;

export type JobName = keyof typeof JOBS;
export type JobPayload<N extends JobName> = z.infer<(typeof JOBS)[N]>;
export const JOB_NAMES = Object.keys(JOBS) as JobName[];
