import { z } from "zod";
import { BranchName } from "../../repositories/schema.ts";

/** The check of ours that a rule of GitHub can require. */
export const CHECK = "pilothouse/merge";

/** GitHub's words for who may act past a rule; `Administrator` is what the older protection of a branch leaves out. */
export const BypassActor = z.object({
  type: z.enum([
    "Integration",
    "OrganizationAdmin",
    "RepositoryRole",
    "Team",
    "DeployKey",
    "User",
    "Administrator",
  ]),
  id: z.int().nullable(),
  mode: z.enum(["always", "pull_request", "exempt"]),
});
export type BypassActor = z.infer<typeof BypassActor>;

/** A rule in force on the branch that requires our check. */
export const RequiringRule = z.object({
  /** `protection`: the older kind, of one branch. */
  kind: z.enum(["ruleset", "protection"]),
  id: z.int().nullable(),
  /** The app that has to set the check; null where anybody may. */
  app: z.int().nullable(),
  /** Null where GitHub does not show them. */
  bypass: z.array(BypassActor).max(200).nullable(),
});
export type RequiringRule = z.infer<typeof RequiringRule>;

/** What GitHub said of one branch. */
export const RulesSeen = z.object({
  branch: BranchName,
  /** Ours; null where a token is all there is. */
  app: z.int().nullable(),
  rules: z.array(RequiringRule).max(100),
  /** Some rule wants a pull request for whatever goes to the branch. */
  pullsOnly: z.boolean(),
});
export type RulesSeen = z.infer<typeof RulesSeen>;

export const HoldVerdict = z.enum([
  "held",
  "bypassed",
  "bypass_hidden",
  "loose",
  "other_app",
  "not_held",
  "unreadable",
]);
export type HoldVerdict = z.infer<typeof HoldVerdict>;

export const DirectPush = z.enum(["refused", "pulls_only", "possible", "unknown"]);
export type DirectPush = z.infer<typeof DirectPush>;

export interface HoldRead {
  readonly verdict: HoldVerdict;
  readonly said: HoldSaid;
  /** Which way approved commits take to the branch: a sentence. */
  readonly way: string;
  readonly changedAt: Date;
}

export interface HoldView {
  /** Null where nothing was read yet. */
  readonly read: HoldRead | null;
  readonly lookedAt: Date | null;
  /** What kept the last look from coming to anything. */
  readonly problem: string | null;
}

export interface HoldSaid {
  readonly tone: "bad" | "need" | "good" | "t2";
  readonly text: string;
}
