// The kinds of entry, closed. `detail` holds opaque ids, digests, numbers and closed words; free text that a
// person or an agent wrote is committed to by digest where it could hold a secret.
export const ENTRY_KINDS = [
  "person.created",
  "person.link_made",
  "person.link_used",
  "person.password_set",
  "person.role_granted",
  "person.signed_in",
  "person.signed_out",
  "person.sign_in_refused",
  "repository.added",
  "repository.sync_requested",
  "repository.mirrored",
  "repository.head_moved",
  "pilot.created",
  "pilot.charter_written",
  "pilot.activation_asked",
  "pilot.activated",
  "pilot.returned_to_draft",
  "pilot.paused",
  "pilot.resumed",
  "pilot.completed",
  "agent.created",
  "runner.enrolment_made",
  "runner.registered",
  "runner.refused",
  "runner.revoked",
  "run.launched",
  "run.leased",
  "run.prepared",
  "run.events_appended",
  "run.bundle_uploaded",
  "run.agent_finished",
  "run.patch_imported",
  "run.patch_refused",
  "run.evidence_recorded",
  "run.lease_lost",
  "run.stopped",
  "run.cancelled",
  "run.failed",
  "run.rejected",
  "run.base_moved",
  "run.merge_intended",
  "run.merge_commit_built",
  "run.merged",
  "run.merge_refused",
  "gate.opened",
  "gate.approval_given",
  "gate.approved",
  "gate.denied",
  "gate.expired",
  "gate.voided",
  "stop.pulled",
  "stop.lifted",
  "log.epoch_started",
  "log.key_added",
  "log.key_retired",
  "log.searched",
  "log.access_given",
  "log.access_withdrawn",
  "log.export_started",
  "log.dossier_made",
  "payload.shown",
  "payload.redaction_ordered",
  "payload.redacted",
  "retention.set",
] as const;

export type EntryKind = (typeof ENTRY_KINDS)[number];

export type SubjectNoun =
  | "person"
  | "repository"
  | "pilot"
  | "agent"
  | "enrolment"
  | "runner"
  | "run"
  | "gate"
  | "stop"
  | "log"
  | "access"
  | "export"
  | "redaction";
export type Subject = `${SubjectNoun}:${string}`;

/** Canonical JSON has no floats here: money in micro-units, durations in milliseconds. */
export type EntryDetail = {
  readonly [key: string]:
    | string
    | number
    | boolean
    | null
    | EntryDetail
    | readonly (string | number | EntryDetail)[];
};

export interface NewEntry {
  readonly kind: EntryKind;
  readonly about: readonly [Subject, ...Subject[]];
  readonly detail: EntryDetail;
}
