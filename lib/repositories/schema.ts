import { z } from "zod";

export const RepositoryState = z.enum(["waiting", "mirroring", "ready", "problem"]);
export type RepositoryState = z.infer<typeof RepositoryState>;

/** `https`: fetched over the network. `disk`: a folder below a root the operator allowed. */
export const SourceKind = z.enum(["https", "disk"]);
export type SourceKind = z.infer<typeof SourceKind>;

const BRANCH = "Write a branch name as git has it, such as main or release/2.1.";

/** `git check-ref-format --branch`, said in one expression, and no more than we need. */
export const BranchName = z
  .string({ error: BRANCH })
  .min(1, BRANCH)
  .max(200, BRANCH)
  .regex(
    /^(?![-/.@]$)(?!-)(?!\/)(?!.*(?:\.\.|\/\/|@\{|\/\.|\.lock(?:\/|$)))[^\s~^:?*[\\\p{C}]+(?<![/.])$/u,
    BRANCH,
  )
  .refine((name) => !name.startsWith(".") && name !== "HEAD", BRANCH);
