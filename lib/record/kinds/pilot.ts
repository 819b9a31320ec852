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
  /** `refusal`: where the sentence stands that whoever asked was told. */
  "pilot.launch_refused": z.strictObject({ refusal: id, agent: id, ...reason }),
  "pilot.completed": z.strictObject({ ...moved, ...reason }),
} as const;

export const FACT_KINDS = {
  /** Facts that numbers are told of were made what their rows say. `which_sha256`: of one line for each, as the operator was told. */
  "facts.mended": z.strictObject({
    ...{ runs: count, gates: count, merges: count, patches: count, findings: count },
    which_sha256: digest,
  }),
} as const;
