import { z } from "zod";
import { commit, count, digest, id, ordinal, phase, reason, ref, tier, words } from "./words.ts";

const status = z.enum([
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
const verdict = z.enum(["verified", "regressed", "not_repaired", "untrustworthy", "incomplete"]);
/** 0 while no runner has had the run. */
const attempt = { attempt: count } as const;

export const RUN_KINDS = {
  "run.launched": z.strictObject({
    agent: id,
    repository: id,
    base: commit,
    charter: digest,
    kind: z.enum(["repair", "triage", "security", "document", "monitor"]),
    /** Commitment to what the agent is told to do; absent where it is told nothing. */
    task: digest.optional(),
  }),
  "run.leased": z.strictObject({ ...attempt, phase, lease: id, tier }),
  "run.prepared": z.strictObject(attempt),
  /** `root`: RFC 6962 tree head over the events' leaves, in the order of their numbers; see lib/events. */
  "run.events_appended": z.strictObject({ ...attempt, from: ordinal, to: ordinal, root: digest }),
  "run.bundle_uploaded": z.strictObject({ ...attempt, blob: id, bytes: count, commitment: digest }),
  "run.agent_finished": z.strictObject({
    ...attempt,
    outcome: z.enum(["patch", "no_change"]),
    bundle: digest.optional(),
  }),
  /** `manifest`, `diff` and `bundle` are the blobs' commitments. */
  "run.patch_imported": z.strictObject({
    patch: id,
    digest,
    tree: commit,
    base: commit,
    manifest: digest,
    diff: digest,
    bundle: digest,
  }),
  "run.patch_refused": z.strictObject(reason),
  "run.evidence_recorded": z.strictObject({ evidence: id, digest, verdict, patch: digest, ...attempt }),
  "run.lease_lost": z.strictObject({ ...attempt, phase }),
  /** Its drift score reached what the charter lets pass; `event` is the one after which it did. Its pause is an entry of its own. */
  "run.drifted": z.strictObject({
    ...attempt,
    event: ordinal,
    score: count,
    threshold: ordinal,
    parts: words,
  }),
  "run.stopped": z.strictObject({ was: status }),
  "run.cancelled": z.strictObject({ was: status, ...reason }),
  "run.failed": z.strictObject({ ...attempt, ...reason }),
  "run.rejected": z.strictObject(reason),
  "run.base_moved": z.strictObject({ from: commit, to: commit }),
  "run.merge_intended": z.strictObject({
    merge: id,
    ref,
    old: commit,
    tree: commit,
    patch: digest,
    decision: digest,
  }),
  "run.merge_commit_built": z.strictObject({ merge: id, commit }),
  "run.merged": z.strictObject({ merge: id, ref, old: commit, commit }),
  "run.merge_refused": z.strictObject({
    merge: id,
    ref,
    outcome: z.enum(["base_moved", "refused"]),
    ...reason,
  }),
} as const;
