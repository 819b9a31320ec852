import { describe, expect, test } from "vitest";
import { ENTRY_KINDS } from "../schema.ts";
import { CARRIES, carriedFault } from "./carries.ts";

const DIGEST = "ab".repeat(32);

/** What must be there for every kind about something that has a charter, and wherever something is replaced. */
const REPLACING: readonly string[] = [
  ...[
    "person.role_granted",
    "repository.labelled",
    "repository.mirrored",
    "repository.head_moved",
    "runner.revoked",
  ],
  ...["pilot.activation_asked", "pilot.activated", "pilot.returned_to_draft", "pilot.paused"],
  ...[
    "pilot.amended",
    "pilot.resumed",
    "pilot.completed",
    "run.leased",
    "run.prepared",
    "run.agent_finished",
  ],
  ...["run.patch_imported", "run.patch_refused", "run.evidence_recorded", "run.lease_lost", "run.stopped"],
  ...["run.cancelled", "run.failed", "run.rejected", "run.base_moved", "run.merge_intended"],
  ...["run.merge_commit_built", "run.merged", "run.merge_refused", "gate.approval_given"],
  ...["gate.approved", "gate.denied", "gate.expired", "gate.voided", "stop.lifted"],
  ...["provider.disabled", "provider.key_set", "provider.key_retired"],
  ...["message.delivered", "message.undeliverable", "message.withdrawn", "run.goal_changed"],
  ...["ask.opened", "ask.settled"],
  ...["run.paused", "run.resumed", "run.parked"],
  ...["finding.validated", "finding.mitigated", "finding.dismissed", "finding.reopened"],
  ...["channel.removed", "channel.secret_set", "channel.secret_retired", "person.notices_set"],
  ...["token.revoked", "release.approved"],
  ...["passkey.confirmed", "passkey.removed"],
  ...["role.changed", "role.retired", "group.removed", "group.member_added", "group.member_removed"],
  ...["group.role_granted", "group.role_revoked", "person.role_revoked", "person.deactivated"],
  ...["person.reactivated", "group.sso_set"],
  "person.service_owner_changed",
  ...["review.thread_resolved", "review.thread_reopened", "review.sent"],
  ...["run.revert_built", "run.revert_refused", "run.watch_ended", "run.patch_rebased"],
  ...["comparison.started", "comparison.closed"],
];

const MAKING: readonly string[] = [
  ...["person.created", "repository.added", "pilot.created", "agent.created", "runner.registered"],
  ...["run.launched", "gate.opened", "provider.created", "gateway.key_published", "finding.opened"],
  ...["message.sent", "channel.key_published", "channel.added", "passkey.enrolled"],
  ...["person.service_made", "token.made", "release.asked"],
  ...["role.created", "group.created", "comparison.planned"],
];

const kindsWith = (part: 0 | 1, duty: string) => ENTRY_KINDS.filter((kind) => CARRIES[kind][part] === duty);

describe("what entries carry", () => {
  test("is said for every kind, and for no other", () => {
    expect(Object.keys(CARRIES).sort()).toEqual([...ENTRY_KINDS].sort());
  });

  test("is the charter for everything about a run, and for pilots, gates and stops where one is in force", () => {
    const ofRuns = (kind: string) =>
      /^(run|artefact|payload|message|ask|snapshot|release|break_glass|review|drill|comparison)\./.test(
        kind,
      ) || ["log.dossier_made", "model.called", "model.answered"].includes(kind);
    expect(kindsWith(0, "bound")).toEqual(ENTRY_KINDS.filter(ofRuns));
    expect(kindsWith(0, "if_any")).toEqual(
      ENTRY_KINDS.filter(
        (kind) =>
          (/^(pilot|gate|stop|retention|finding)\./.test(kind) && kind !== "pilot.created") ||
          kind === "model.refused",
      ),
    );
  });

  test("is the state before and after wherever one is replaced, and the state after of what is new", () => {
    expect(kindsWith(1, "replaced").sort()).toEqual([...REPLACING].sort());
    expect(kindsWith(1, "made").sort()).toEqual([...MAKING].sort());
    expect(kindsWith(1, "either")).toEqual([
      ...["pilot.charter_written", "stop.pulled", "retention.set", "price.set"],
      "repository.forge_rules_read",
    ]);
  });
});

describe.each(ENTRY_KINDS)("an entry %s", (kind) => {
  const [charterDuty, changeDuty] = CARRIES[kind];
  const charter = charterDuty === "none" ? undefined : DIGEST;
  const whole = {
    charter,
    before: changeDuty === "replaced" ? DIGEST : undefined,
    after: changeDuty === "none" ? undefined : DIGEST,
  };

  test("is faultless with what its kind says", () => {
    expect(carriedFault(kind, whole)).toBeNull();
  });

  test("is at fault with anything less or more", () => {
    const isFaulty = (carried: Partial<typeof whole>) =>
      carriedFault(kind, { ...whole, ...carried }) !== null;
    expect(isFaulty({ charter: undefined })).toBe(charterDuty === "bound" || charterDuty === "if_any");
    expect(isFaulty({ charter: DIGEST })).toBe(charterDuty === "none");
    expect(isFaulty({ after: undefined })).toBe(changeDuty !== "none");
    expect(isFaulty({ after: DIGEST })).toBe(changeDuty === "none");
    expect(isFaulty({ before: undefined })).toBe(changeDuty === "replaced");
    expect(isFaulty({ before: DIGEST, after: DIGEST })).toBe(changeDuty === "made" || changeDuty === "none");
  });
});
