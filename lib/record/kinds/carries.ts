// What an entry carries besides its detail, by kind. `NewEntry` is made from this table, so a call that forgets the
// charter in force or the state it replaced does not compile.
import type { EntryKind } from "./all-kinds.ts";

/** `bound`: its subject always has one; `if_any`: null where none is in force; `none`. */
export type CharterDuty = "bound" | "if_any" | "none";
/** `made`: only a state after; `replaced`: before and after; `either`: after, and before where there was one. */
export type ChangeDuty = "made" | "replaced" | "either" | "none";

export const CARRIES = {
  "person.created": ["none", "made"],
  "person.link_made": ["none", "none"],
  "person.link_mailed": ["none", "none"],
  "person.link_used": ["none", "none"],
  "person.password_set": ["none", "none"],
  "person.role_granted": ["none", "replaced"],
  "person.signed_in": ["none", "none"],
  "person.signed_out": ["none", "none"],
  "person.sign_in_refused": ["none", "none"],
  "repository.added": ["none", "made"],
  "repository.sync_requested": ["none", "none"],
  "repository.mirrored": ["none", "replaced"],
  "repository.labelled": ["none", "replaced"],
  "repository.head_moved": ["none", "replaced"],
  "pilot.created": ["none", "made"],
  "pilot.charter_written": ["if_any", "either"],
  "pilot.activation_asked": ["if_any", "replaced"],
  "pilot.amendment_asked": ["if_any", "none"],
  "pilot.amended": ["if_any", "replaced"],
  "pilot.activated": ["if_any", "replaced"],
  "pilot.returned_to_draft": ["if_any", "replaced"],
  "pilot.paused": ["if_any", "replaced"],
  "pilot.resumed": ["if_any", "replaced"],
  "pilot.tripped": ["if_any", "none"],
  "pilot.trip_carried_out": ["if_any", "none"],
  "pilot.launch_refused": ["if_any", "none"],
  "pilot.completed": ["if_any", "replaced"],
  "agent.created": ["none", "made"],
  "runner.enrolment_made": ["none", "none"],
  "runner.registered": ["none", "made"],
  "runner.refused": ["none", "none"],
  "runner.revoked": ["none", "replaced"],
  "run.launched": ["bound", "made"],
  "run.leased": ["bound", "replaced"],
  "run.prepared": ["bound", "replaced"],
  "run.events_appended": ["bound", "none"],
  "run.bundle_uploaded": ["bound", "none"],
  "run.agent_finished": ["bound", "replaced"],
  "run.patch_imported": ["bound", "replaced"],
  "run.patch_refused": ["bound", "replaced"],
  "run.evidence_recorded": ["bound", "replaced"],
  "run.lease_lost": ["bound", "replaced"],
  "run.drifted": ["bound", "none"],
  "run.stopped": ["bound", "replaced"],
  "run.cancelled": ["bound", "replaced"],
  "run.failed": ["bound", "replaced"],
  "run.rejected": ["bound", "replaced"],
  "run.base_moved": ["bound", "replaced"],
  "run.merge_intended": ["bound", "replaced"],
  "run.merge_commit_built": ["bound", "replaced"],
  "run.merged": ["bound", "replaced"],
  "run.attested": ["bound", "none"],
  "run.evidence_signed": ["bound", "none"],
  "run.check_reported": ["bound", "none"],
  "run.attestation_noted": ["bound", "none"],
  "run.merge_refused": ["bound", "replaced"],
  "run.revert_requested": ["bound", "none"],
  "run.revert_built": ["bound", "replaced"],
  "run.revert_refused": ["bound", "replaced"],
  "run.merge_sighted": ["bound", "none"],
  "run.watch_ended": ["bound", "replaced"],
  "gate.opened": ["if_any", "made"],
  "gate.approval_given": ["if_any", "replaced"],
  "gate.approval_withdrawn": ["if_any", "none"],
  "gate.approved": ["if_any", "replaced"],
  "gate.denied": ["if_any", "replaced"],
  "gate.expired": ["if_any", "replaced"],
  "gate.voided": ["if_any", "replaced"],
  "stop.pulled": ["if_any", "either"],
  "stop.lifted": ["if_any", "replaced"],
  "log.epoch_started": ["none", "none"],
  "log.key_added": ["none", "none"],
  "log.key_retired": ["none", "none"],
  "log.searched": ["none", "none"],
  "log.access_given": ["none", "none"],
  "log.access_withdrawn": ["none", "none"],
  "log.export_started": ["none", "none"],
  "log.dossier_made": ["bound", "none"],
  "payload.shown": ["bound", "none"],
  "payload.redaction_ordered": ["bound", "none"],
  "payload.redacted": ["bound", "none"],
  "retention.set": ["if_any", "either"],
  "provider.created": ["none", "made"],
  "provider.disabled": ["none", "replaced"],
  "provider.key_set": ["none", "replaced"],
  "provider.key_retired": ["none", "replaced"],
  "provider.test_asked": ["none", "none"],
  "provider.key_tested": ["none", "none"],
  "gateway.key_published": ["none", "made"],
  "price.set": ["none", "either"],
  "model.called": ["bound", "none"],
  "model.answered": ["bound", "none"],
  "model.refused": ["if_any", "none"],
  "finding.opened": ["if_any", "made"],
  "finding.validated": ["if_any", "replaced"],
  "finding.mitigated": ["if_any", "replaced"],
  "finding.dismissed": ["if_any", "replaced"],
  "finding.reopened": ["if_any", "replaced"],
  "message.sent": ["bound", "made"],
  "message.delivered": ["bound", "replaced"],
  "message.undeliverable": ["bound", "replaced"],
  "message.asked_back": ["bound", "none"],
  "message.withdrawn": ["bound", "replaced"],
  "run.goal_changed": ["bound", "replaced"],
  "ask.opened": ["bound", "replaced"],
  "ask.settled": ["bound", "replaced"],
  "run.paused": ["bound", "replaced"],
  "run.resumed": ["bound", "replaced"],
  "run.parked": ["bound", "replaced"],
  "snapshot.uploaded": ["bound", "none"],
  "snapshot.taken": ["bound", "none"],
  "snapshot.dropped": ["bound", "none"],
  "channel.key_published": ["none", "made"],
  "channel.added": ["none", "made"],
  "channel.removed": ["none", "replaced"],
  "channel.secret_set": ["none", "replaced"],
  "channel.secret_retired": ["none", "replaced"],
  "channel.test_asked": ["none", "none"],
  "channel.resend_asked": ["none", "none"],
  "channel.failing": ["none", "none"],
  "channel.recovered": ["none", "none"],
  "gate.escalated": ["if_any", "none"],
  "person.notices_set": ["none", "replaced"],
  "passkey.enrolled": ["none", "made"],
  "passkey.confirmed": ["none", "replaced"],
  "passkey.removed": ["none", "replaced"],
  "person.identity_linked": ["none", "none"],
  "person.sessions_ended": ["none", "none"],
  "person.emergency_signed_in": ["none", "none"],
  "person.totp_enrolled": ["none", "none"],
  "person.totp_removed": ["none", "none"],
  "person.recovery_code_used": ["none", "none"],
  "person.service_made": ["none", "made"],
  "token.made": ["none", "made"],
  "token.revoked": ["none", "replaced"],
  "release.asked": ["bound", "made"],
  "release.approved": ["bound", "replaced"],
  "break_glass.used": ["bound", "none"],
  "break_glass.reviewed": ["bound", "none"],
  "role.created": ["none", "made"],
  "role.changed": ["none", "replaced"],
  "role.retired": ["none", "replaced"],
  "group.created": ["none", "made"],
  "group.removed": ["none", "replaced"],
  "group.member_added": ["none", "replaced"],
  "group.member_removed": ["none", "replaced"],
  "group.role_granted": ["none", "replaced"],
  "group.role_revoked": ["none", "replaced"],
  "person.role_revoked": ["none", "replaced"],
  "person.deactivated": ["none", "replaced"],
  "person.reactivated": ["none", "replaced"],
  "deputy.named": ["none", "none"],
  "deputy.ended": ["none", "none"],
  "duty.set": ["none", "none"],
  "duty.removed": ["none", "none"],
  "group.sso_set": ["none", "replaced"],
  "group.member_kept": ["none", "none"],
  "person.identity_refused": ["none", "none"],
  "gate.barred": ["if_any", "none"],
  "review.commented": ["bound", "none"],
  "review.thread_resolved": ["bound", "replaced"],
  "review.thread_reopened": ["bound", "replaced"],
  "review.sent": ["bound", "replaced"],
  "review.interdiff_made": ["bound", "none"],
  "release.callback_asked": ["bound", "none"],
  "release.called_back": ["bound", "none"],
  "channel.credential_set": ["none", "none"],
  "channel.credential_removed": ["none", "none"],
  "person.service_owner_changed": ["none", "replaced"],
  "repository.forge_connected": ["none", "none"],
  "repository.forge_ended": ["none", "none"],
  "artefact.handed_in": ["bound", "none"],
  "artefact.refused": ["bound", "none"],
  "artefact.scanned": ["bound", "none"],
  "artefact.scan_failed": ["bound", "none"],
  "artefact.promoted": ["bound", "none"],
  "artefact.taken": ["bound", "none"],
  "artefact.deleted": ["bound", "none"],
  "repository.forge_rules_read": ["none", "either"],
} as const satisfies Record<EntryKind, readonly [CharterDuty, ChangeDuty]>;
export type Carries = typeof CARRIES;

interface CharterParts {
  readonly bound: { readonly charter: string };
  readonly if_any: { readonly charter: string | null };
  readonly none: { readonly charter?: undefined };
}

interface ChangeParts {
  readonly made: { readonly before?: undefined; readonly after: string };
  readonly replaced: { readonly before: string; readonly after: string };
  readonly either: { readonly before?: string | undefined; readonly after: string };
  readonly none: { readonly before?: undefined; readonly after?: undefined };
}

export type CarriedBy<K extends EntryKind> = CharterParts[Carries[K][0]] & ChangeParts[Carries[K][1]];

export interface Carried {
  readonly charter?: string | null | undefined;
  readonly before?: string | undefined;
  readonly after?: string | undefined;
}

const CHARTER_FAULT: Record<CharterDuty, (charter: Carried["charter"]) => boolean> = {
  bound: (charter) => typeof charter !== "string",
  if_any: (charter) => charter === undefined,
  none: (charter) => charter !== undefined,
};

const CHANGE_FAULT: Record<ChangeDuty, (before: boolean, after: boolean) => boolean> = {
  made: (before, after) => before || !after,
  replaced: (before, after) => !before || !after,
  either: (_, after) => !after,
  none: (before, after) => before || after,
};

/** What the entry lacks or must not carry, as a word for the defect's message; null when it is as the table says. */
export function carriedFault(kind: EntryKind, { charter, before, after }: Carried): string | null {
  const [charterDuty, changeDuty] = CARRIES[kind];
  if (CHARTER_FAULT[charterDuty](charter)) return `charter (${charterDuty})`;
  const faulty = CHANGE_FAULT[changeDuty](before !== undefined, after !== undefined);
  return faulty ? `before and after (${changeDuty})` : null;
}
