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
    kind: z.enum(["repair", "triage", "security", "document", "monitor", "revert", "drill"]),
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
    /** What was read in its files; patches from before have none. */
    analysis: digest.optional(),
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
  "run.rejected": z.strictObject({
    ...reason,
    rejected_as: z.enum(["wrong", "unsafe", "style", "scope", "duplicate"]).optional(),
  }),
  "run.base_moved": z.strictObject({ from: commit, to: commit }),
  /** It stands to the byte on the new base; `patch`: its digest, `bundle`: the blob's commitment. */
  "run.patch_rebased": z.strictObject({
    ...attempt,
    patch: digest,
    from: commit,
    to: commit,
    tree: commit,
    bundle: digest,
  }),
  /** It does not, so the work is done again on the new base. */
  "run.patch_not_rebased": z.strictObject({
    to: commit,
    fault: z.enum(["changed", "nothing_left", "not_there", "not_made"]),
  }),
  "run.merge_intended": z.strictObject({
    merge: id,
    ref,
    old: commit,
    tree: commit,
    patch: digest,
    decision: digest,
  }),
  "run.merge_commit_built": z.strictObject({ merge: id, commit }),
  /** `built`: where a forge made its own commit of the one that was built; `other_tree`: what that holds where it is not what was approved. */
  "run.merged": z.strictObject({
    merge: id,
    ref,
    old: commit,
    commit,
    built: commit.optional(),
    other_tree: commit.optional(),
  }),
  /** `statements`: SHA-256 of the envelopes, one a line; `key`: of the worker's public key. */
  "run.attested": z.strictObject({ merge: id, commit, tree: commit, statements: digest, key: digest }),
  /** `statement`: SHA-256 of the envelope; `key`: of the worker's public key. */
  "run.evidence_signed": z.strictObject({ evidence: id, statement: digest, key: digest }),
  /** `source`: SHA-256 of the check's name; `report`: commitment to what was said. */
  "run.check_reported": z.strictObject({
    check: id,
    source: digest,
    verdict: z.enum(["passed", "failed", "incomplete"]),
    patch: digest,
    report: digest,
  }),
  /** Whether the authority took the note that holds them. */
  "run.attestation_noted": z.strictObject({ merge: id, commit, outcome: z.enum(["written", "refused"]) }),
  "run.merge_refused": z.strictObject({
    merge: id,
    ref,
    outcome: z.enum(["base_moved", "refused"]),
    ...reason,
  }),
  /** Of the run that undoes another's merge; `commit` is what the branch got of that. */
  "run.revert_requested": z.strictObject({ reverts: id, merge: id, commit }),
  /** The worker made it from the trees; `bundle` is the blob's commitment. */
  "run.revert_built": z.strictObject({ ...attempt, head: commit, tree: commit, bundle: digest }),
  "run.revert_refused": z.strictObject({
    fault: z.enum(["conflict", "nothing_left", "not_there", "not_made"]),
    /** How many conflict. */
    files: count,
    ...reason,
  }),
  /** After the merge, by looking at the branch; `subject`: the reverting run, or the check from outside. */
  "run.merge_sighted": z.strictObject({
    merge: id,
    sighting: id,
    seen: z.enum(["reverted_here", "reverted_by_hand", "rewritten", "changed_again", "check_failed"]),
    commit,
    source: z.enum(["trees", "lines", "ancestry", "run", "check"]),
    lines: count.optional(),
    of_lines: count.optional(),
    subject: id.optional(),
  }),
  "run.watch_ended": z.strictObject({ merge: id, outcome: z.enum(["held", "reverted", "rewritten"]) }),
  /** What a reviewer made of a document, 1 to 5 each. */
  "run.document_scored": z.strictObject({ accuracy: ordinal, completeness: ordinal, clarity: ordinal }),
} as const;
