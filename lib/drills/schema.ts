import { z } from "zod";
import type { ReachView } from "../stop-times/schema.ts";

/** Kind of a drill's runs: no work of an agent, so no figure counts them. */
export const DRILL_KIND = "drill";
export const MOST_DRILL_RUNS = 20;

const HOW_MANY = `Write a whole number from 1 to ${MOST_DRILL_RUNS}.`;
export const StartDrill = z.object({
  pilotId: z.string().min(1, "Choose a pilot.").max(100),
  runs: z.coerce.number({ error: HOW_MANY }).int(HOW_MANY).min(1, HOW_MANY).max(MOST_DRILL_RUNS, HOW_MANY),
});
export type StartDrill = z.infer<typeof StartDrill>;

export type DrillState = "gathering" | "pulled" | "done" | "failed";
export type DrillFault = "no_runner" | "nothing_settled";

export interface DrillView {
  readonly id: string;
  readonly pilotId: string;
  readonly pilotName: string;
  readonly askedByName: string;
  readonly askedAt: Date;
  readonly wanted: number;
  readonly state: DrillState;
  readonly fault: DrillFault | null;
  readonly pulledAt: Date | null;
  readonly endedAt: Date | null;
  /** Leases that it ended. */
  readonly reached: readonly ReachView[];
}
