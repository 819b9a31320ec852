import { z } from "zod";
import { count, digest, id, ordinal, reason, timeZone } from "./words.ts";

const status = z.enum(["draft", "activating", "active", "paused", "completed", "rolled_back", "abandoned"]);
const moved = { from: status, to: status } as const;
const version = { charter: digest, version: ordinal } as const;

const tripwire = z.enum(["failed_runs"]);
const action = z.enum(["warn", "pause", "stop", "cancel"]);

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
  /** `refusal`: where the sentence stands that whoever asked was told. */
  "pilot.launch_refused": z.strictObject({ refusal: id, agent: id, ...reason }),
  "pilot.completed": z.strictObject({ ...moved, ...reason }),
} as const;
