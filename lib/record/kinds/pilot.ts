import { z } from "zod";
import { count, digest, id, ordinal, reason, timeZone } from "./words.ts";

const status = z.enum(["draft", "activating", "active", "paused", "completed", "rolled_back", "abandoned"]);
const moved = { from: status, to: status } as const;
const version = { charter: digest, version: ordinal } as const;

const tripwire = z.enum(["failed_runs"]);
const action = z.enum(["warn", "pause", "stop", "cancel"]);

const TRIP_MEASURES = [
  ...["revert_rate", "escaped_rate", "rejected_rate", "caught_rate", "agent_lead_time", "review_to_merge"],
  ...[
    "red_to_green",
    "throughput",
    "decision_time",
    "cost_per_run",
    "failed_deployment_rate",
    "recovery_time",
  ],
  ...["launched_runs", "failed_runs", "merges", "reverted_merges", "critical_findings", "denied_hosts"],
  ...["incidents", "spend"],
] as const;
const TRIP_STEPS = [
  ...["warn", "pause", "freeze_merges", "revoke_tokens", "cancel_runs", "prepare_reverts", "escalate"],
] as const;

export const PILOT_KINDS = {
  "pilot.created": z.strictObject({ time_zone: timeZone, demo: z.boolean() }),
  "pilot.charter_written": z.strictObject({ charter: id, version: ordinal, digest }),
  "pilot.activation_asked": z.strictObject({ ...moved, ...version }),
  "pilot.amendment_asked": z.strictObject({
    ...version,
    loosens: z.boolean(),
    changes: ordinal,
    runs: z.enum(["keep", "stop"]),
  }),
  "pilot.amended": z.strictObject({ ...version, was: digest }),
  "pilot.activated": z.strictObject({ ...moved, ...version }),
  "pilot.returned_to_draft": z.strictObject({ ...moved, ...reason }),
  "pilot.paused": z.strictObject({ ...moved, by: z.enum(["person", "tripwire"]), ...reason }),
  "pilot.resumed": z.strictObject(moved),
  "pilot.tripped": z.strictObject({ trip: id, tripwire, action }),
  /** `runs`: that were cancelled, or taken from their runners. */
  "pilot.trip_carried_out": z.strictObject({ trip: id, tripwire, action, runs: count }),
  /** `wire`: digest of its line. `value_milli`: in thousandths of its unit. `rows`: the first fifty that were counted. */
  "pilot.wire_tripped": z.strictObject({
    ...{ trip: id, wire: digest, measure: z.enum(TRIP_MEASURES) },
    ...{ value_milli: count, sample: count, rows: z.array(id).max(50), rows_sha256: digest },
    steps: z.array(z.enum(TRIP_STEPS)).min(1).max(7),
  }),
  /** `reached`: runs, merges or people. */
  "pilot.wire_step_done": z.strictObject({ trip: id, step: z.enum(TRIP_STEPS), reached: count }),
  /** `by`: its number came back, or people let the pilot go on. */
  "pilot.wire_armed": z.strictObject({ wire: digest, by: z.enum(["number", "person"]) }),
  /** What a fix took before, in minutes; what an hour costs, in micro-units. `source_sha256`: of where it was taken from. */
  "pilot.rate_set": z.strictObject({
    ...{ rate: id, what: z.enum(["fix", "runner_hour", "person_hour"]), low: count, high: count },
    source_sha256: digest,
  }),
  /** `refusal`: where the sentence stands that whoever asked was told. */
  "pilot.launch_refused": z.strictObject({ refusal: id, agent: id, ...reason }),
  "pilot.completed": z.strictObject({ ...moved, ...reason }),
  /** `digest`: of the pack's document. */
  "pilot.week_packed": z.strictObject({ pack: id, number: ordinal, digest }),
  /** Somebody who had not approved looked at an approval again. */
  "pilot.week_sampled": z.strictObject({
    ...{ pack: id, approval: id, verdict: z.enum(["agree", "disagree"]) },
    reason_sha256: digest.optional(),
  }),
  "pilot.week_decided": z.strictObject({
    ...{ pack: id, number: ordinal, digest, gate: id },
    decision: z.enum(["continue", "tighten", "stop"]),
    ...reason,
  }),
  /** `digest`: of the review's document. */
  "pilot.exit_reviewed": z.strictObject({ review: id, stage: z.enum(["review", "confirmation"]), digest }),
  /** `sha256`: of the report, whether its bytes are kept here or elsewhere. */
  "pilot.exit_report_stated": z.strictObject({
    ...{ report: id, sha256: digest, kept: z.enum(["here", "elsewhere"]) },
    verdict: z.enum(["fit", "fit_with_reservations", "not_fit"]),
    ...reason,
  }),
  /** `sha256`: of the archive as it was handed out. */
  "pilot.exit_kit_handed_out": z.strictObject({ sha256: digest }),
  /** `digest`: of the newest review that it was decided on. */
  "pilot.exit_decided": z.strictObject({
    ...{ gate: id, digest, decision: z.enum(["scale_up", "extend", "end"]) },
    ...reason,
  }),
  "pilot.closing_begun": z.strictObject({}),
  /** `digest`: of what the step came to, as the receipt holds it. */
  "pilot.closing_step_done": z.strictObject({
    step: z.enum(["runs", "tokens", "ledger", "mirrors", "log", "receipt"]),
    digest,
  }),
  /** `receipt`: digest of the envelope. `key`: of the public key that it was signed with. */
  "pilot.closed": z.strictObject({ receipt: digest, key: digest }),
} as const;

export const FACT_KINDS = {
  /** Facts that numbers are told of were made what their rows say. `which_sha256`: of one line for each, as the operator was told. */
  "facts.mended": z.strictObject({
    ...{ runs: count, gates: count, merges: count, patches: count, findings: count },
    which_sha256: digest,
  }),
} as const;
