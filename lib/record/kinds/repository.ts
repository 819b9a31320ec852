import { z } from "zod";
import { branch, commit, count, digest, id } from "./words.ts";

/** A short word that charters name repositories by. */
const label = z.string().regex(/^[a-z0-9][a-z0-9._-]{0,39}$/);

export const REPOSITORY_KINDS = {
  "repository.added": z.strictObject({
    source_kind: z.enum(["https", "disk", "ssh"]),
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
  "repository.labelled": z.strictObject({ labels: z.array(label).max(20) }),
  "repository.head_moved": z.strictObject({ from: commit, to: commit }),
} as const;

/** `public_key_sha256` and `host_keys`: digests of keys as ssh writes them down; `sealed_to`: the worker's key. */
export const UPSTREAM_KINDS = {
  "repository.upstream_key_set": z.strictObject({
    ...{ key: id, sealed_to: id, public_key_sha256: digest, host_keys: z.array(digest).max(8) },
  }),
  "repository.upstream_key_ended": z.strictObject({ key: id }),
} as const;

/** `address_sha256`: of the repository's address on its forge; `sealed_to`: the worker's key. */
export const FORGE_KINDS = {
  "repository.forge_connected": z.strictObject({
    ...{ connection: id, kind: z.enum(["github_app", "token"]), sealed_to: id, address_sha256: digest },
  }),
  "repository.forge_ended": z.strictObject({ connection: id }),
  /** What GitHub's rules for the branch were read to be; `bypass`: how many may act past them, where that is known. */
  "repository.forge_rules_read": z.strictObject({
    ...{ connection: id, branch, rules_sha256: digest, bypass: count.nullable() },
    verdict: z.enum(["held", "bypassed", "bypass_hidden", "loose", "other_app", "not_held", "unreadable"]),
    push: z.enum(["refused", "pulls_only", "possible", "unknown"]),
  }),
} as const;
