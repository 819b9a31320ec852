// The little that is read of what GitHub says: its own API's shapes, cut to what a row needs.
import { z } from "zod";

const at = z.iso.datetime({ offset: true }).transform((text) => new Date(text));
const sha = z.string().regex(/^[0-9a-f]{40}$/);

export const GitHubDeployment = z.object({
  id: z.int(),
  sha,
  environment: z.string(),
  created_at: at,
  production_environment: z.boolean().optional(),
});
export type GitHubDeployment = z.infer<typeof GitHubDeployment>;

export const DeploymentStatus = z.object({ state: z.string(), created_at: at });
export type DeploymentStatus = z.infer<typeof DeploymentStatus>;

/** Of the calls `deployment` and `deployment_status`. */
export const DeploymentCall = z.object({
  repository: z.object({ full_name: z.string() }),
  deployment: GitHubDeployment,
  deployment_status: DeploymentStatus.optional(),
});
export type DeploymentCall = z.infer<typeof DeploymentCall>;

export const GitHubPull = z.object({
  number: z.int(),
  created_at: at,
  updated_at: at,
  closed_at: at.nullable(),
  merged_at: at.nullable(),
  merge_commit_sha: z.string().nullable(),
  body: z.string().nullable(),
  user: z.object({ login: z.string(), type: z.string() }).nullable(),
  head: z.object({ ref: z.string(), sha }),
  base: z.object({ ref: z.string() }),
});
export type GitHubPull = z.infer<typeof GitHubPull>;

export const PullCommit = z.object({
  commit: z.object({ author: z.object({ date: at.optional() }).nullable() }),
});

export const WorkflowRun = z.object({
  id: z.int(),
  run_attempt: z.int().optional(),
  name: z.string().nullish(),
  path: z.string(),
  event: z.string(),
  status: z.string().nullable(),
  conclusion: z.string().nullable(),
  head_sha: sha,
  head_branch: z.string().nullable(),
  created_at: at,
  updated_at: at,
  run_started_at: at.optional(),
});
export type WorkflowRun = z.infer<typeof WorkflowRun>;
export const WorkflowRuns = z.object({ total_count: z.int(), workflow_runs: z.array(WorkflowRun) });
