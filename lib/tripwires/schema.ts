// A tripwire: a number, the bound it may not cross, and what happens when it does. People write it as one line (wire-line.ts).
import { z } from "zod";
import { uniqueBy, whole } from "../pilots/schema/words.ts";

/** Numbers of lib/kpis by their names there. */
export const KpiMeasure = z.enum([
  "rejected_rate",
  "caught_rate",
  "agent_lead_time",
  "review_to_merge",
  "red_to_green",
  "decision_time",
  "cost_per_run",
  "failed_deployment_rate",
  "recovery_time",
]);
export type KpiMeasure = z.infer<typeof KpiMeasure>;

/** What is simply counted within the window. */
export const CountMeasure = z.enum([
  "launched_runs",
  "failed_runs",
  "merges",
  "reverted_merges",
  "critical_findings",
  "denied_hosts",
  "incidents",
  "spend",
]);
export type CountMeasure = z.infer<typeof CountMeasure>;

/**
 * Shares of the merges within the window, counted as soon as it is seen. The numbers of the same names wait fourteen days
 * until a merge has matured, which is too late to stop anything.
 */
export const ShareMeasure = z.enum(["revert_rate", "escaped_rate"]);
export type ShareMeasure = z.infer<typeof ShareMeasure>;

export const TripMeasure = z.enum([...ShareMeasure.options, ...KpiMeasure.options, ...CountMeasure.options]);
export type TripMeasure = z.infer<typeof TripMeasure>;

/**
 * What a trip does, from the mildest on. `warn` alone changes nothing; everything else pauses the pilot first, so that no
 * run is leased and no model called, and the rest is carried out by the worker.
 */
export const TripStep = z.enum(
  ["warn", "pause", "freeze_merges", "revoke_tokens", "cancel_runs", "prepare_reverts", "escalate"],
  "Choose warn, or among pause, freeze_merges, revoke_tokens, cancel_runs, prepare_reverts, escalate.",
);
export type TripStep = z.infer<typeof TripStep>;

export const Bound = z.enum([">", ">=", "<", "<="]);
export type Bound = z.infer<typeof Bound>;

const LONGEST_HOURS = 24 * 90;
const STEPS = "Say what it does: warn, or pause and more.";

const isAbove = (bound: Bound): boolean => bound === ">" || bound === ">=";

export const Tripwire = z
  .strictObject({
    measure: TripMeasure,
    bound: Bound,
    /** In the unit of the measure; with `of` baseline in percent of it. */
    threshold: whole(0, 1_000_000),
    of: z.enum(["value", "baseline"]),
    windowHours: whole(1, LONGEST_HOURS, "hours"),
    /** Below so many rows in the window it says nothing. */
    minimum: whole(1, 10_000, "rows"),
    /** One that only warned is armed again when the number is no longer beyond this. */
    clears: whole(0, 1_000_000),
    steps: z
      .array(TripStep, { error: STEPS })
      .min(1, STEPS)
      .max(TripStep.options.length, STEPS)
      .refine(uniqueBy, "The same step stands there twice."),
  })
  .refine(({ steps }) => !steps.includes("warn") || steps.length === 1, {
    path: ["steps"],
    error: "To warn is to do nothing else: leave it out beside other steps.",
  })
  .refine(({ steps }) => steps.includes("warn") || steps.includes("pause"), {
    path: ["steps"],
    error: "Whatever acts pauses the pilot too: write pause among its steps.",
  })
  .refine(({ bound, threshold, clears }) => (isAbove(bound) ? clears <= threshold : clears >= threshold), {
    path: ["clears"],
    error:
      "It clears on the safe side of its bound: at no more than an upper one, at no less than a lower one.",
  });
export type Tripwire = z.infer<typeof Tripwire>;

const LINE =
  "Write one a line, such as: revert_rate > 20 % over 14 days; at least 5; clears at 10; pause, freeze_merges";

export const MOST_TRIPWIRES = 20;

export const Tripwires = z
  .array(Tripwire, { error: LINE })
  .max(MOST_TRIPWIRES, `At most ${MOST_TRIPWIRES} tripwires.`)
  .refine(
    (wires) => uniqueBy(wires.map((wire) => JSON.stringify(wire))),
    "The same tripwire stands here twice.",
  );

/** What tripped, as pages show it. */
/** A trip that holds its pilot until people let it go on. */
export type HoldingTrip = Pick<TripRow, "id" | "wire" | "value" | "sample" | "trippedAt">;

export interface TripRow {
  readonly id: string;
  readonly wire: string;
  readonly steps: TripStep[];
  readonly value: number;
  readonly sample: number;
  readonly trippedAt: Date;
  readonly liftedAt: Date | null;
  readonly rows: string[];
  readonly done: { readonly step: string; readonly doneAt: Date | null; readonly reached: number | null }[];
}
