import { z } from "zod";
import { branch, commit, count, digest } from "./words.ts";

export const REPOSITORY_KINDS = {
  "repository.added": z.strictObject({
    source_kind: z.enum(["https", "disk"]),
    source_sha256: digest,
    branch: branch.nullable(),
    authority: z.enum(["upstream", "own"]),
  }),
  "repository.sync_requested": z.strictObject({}),
  "repository.mirrored": z.strictObject({
    outcome: z.enum(["mirrored", "refused", "unreachable", "empty_repository", "missing_branch"]),
    branch: branch.optional(),
    head: commit.optional(),
    commits: count.optional(),
  }),
  "repository.head_moved": z.strictObject({ from: commit, to: commit }),
} as const;
