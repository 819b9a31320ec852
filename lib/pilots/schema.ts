// The charter, version 1, in six parts (schema/). Every leaf has an enforcer (enforcers.ts); what nothing enforces has no field.
// Whole numbers only, so that the canonical text is the same everywhere.
import { z } from "zod";
import type { RoleKey } from "../authz/schema.ts";
import { Controls } from "./schema/controls.ts";
import { Environment } from "./schema/environment.ts";
import { Goal } from "./schema/goal.ts";
import { Kpis } from "./schema/kpis.ts";
import { type ExitCriterion, Rollback } from "./schema/rollback.ts";
import { WorkScope } from "./schema/scope.ts";
import { CONTROL } from "./schema/words.ts";

export const PilotStatus = z.enum([
  "draft",
  "activating",
  "active",
  "paused",
  "completed",
  "rolled_back",
  "abandoned",
]);
export type PilotStatus = z.infer<typeof PilotStatus>;

export const Charter = z.strictObject({
  goal: Goal,
  scope: WorkScope,
  environment: Environment,
  controls: Controls,
  kpis: Kpis,
  rollback: Rollback,
});
export type Charter = z.infer<typeof Charter>;

/** The format of the canonical text; a later charter of another shape has another number. */
export const CHARTER_FORMAT = 1;

const ZONE = "Write a time zone such as Europe/Berlin or UTC.";

/** An IANA name. Offsets like +01:00 are out: Postgres reads their sign the other way round. */
export const TimeZone = z
  .string({ error: ZONE })
  .max(60, ZONE)
  .regex(/^[A-Za-z][A-Za-z0-9_+-]*(\/[A-Za-z0-9_+-]+){0,2}$/, ZONE)
  .refine(isKnownZone, ZONE);

function isKnownZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: zone });
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

const NAME = "Give the pilot a name of 3 to 80 characters.";
export const PilotName = z
  .string({ error: NAME })
  .trim()
  .min(3, NAME)
  .max(80, NAME)
  .refine((name) => !CONTROL.test(name), NAME);

export const NewPilot = z.strictObject({ name: PilotName, timeZone: TimeZone, charter: Charter });
export type NewPilot = z.infer<typeof NewPilot>;

const REASON = "Say why in 3 to 1,000 characters.";
export const Reason = z.string({ error: REASON }).trim().min(3, REASON).max(1000, REASON);

/** A pilot as lists show it. */
export interface PilotView {
  readonly id: string;
  readonly name: string;
  readonly status: PilotStatus;
  /** Why it is paused or ended, in words. */
  readonly statusReason: string | null;
  readonly timeZone: string;
  readonly demo: boolean;
  readonly createdBy: string;
  readonly createdByName: string;
  readonly createdAt: Date;
  readonly activatedAt: Date | null;
  /** Until then nothing is launched and the baseline is measured; null where the charter it was activated by asked for none. */
  readonly baselineUntil: Date | null;
  readonly endedAt: Date | null;
  readonly activeCharterId: string | null;
  readonly activeVersion: number | null;
  readonly latestVersion: number;
  /** Of the active charter, else of the latest. */
  readonly repositoryId: string | null;
  readonly repositoryName: string | null;
  /** Runs by status; a status without runs is absent. */
  readonly runs: { readonly [status: string]: number };
}

export interface CharterVersion {
  readonly id: string;
  readonly version: number;
  /** Hex SHA-256 of the canonical text. */
  readonly digest: string;
  readonly createdBy: string;
  readonly createdByName: string;
  readonly createdAt: Date;
  readonly active: boolean;
}

export interface Member {
  readonly personId: string;
  readonly name: string;
  readonly role: RoleKey;
  readonly roleName: string;
  /** True for a grant on the organisation, which covers every pilot. */
  readonly byOrganisation: boolean;
}

export interface StoredCharter {
  readonly id: string;
  readonly pilotId: string;
  readonly version: number;
  readonly digest: string;
  readonly canonical: string;
  readonly charter: Charter;
}

export interface PilotDetail extends PilotView {
  /** The active charter, or the latest where none is active yet. */
  readonly charter: StoredCharter;
  /** Newest first. */
  readonly versions: readonly CharterVersion[];
  readonly members: readonly Member[];
}

const STATED = "Say in 10 to 1,000 characters how this is met.";
const Stated = z.string({ error: STATED }).trim().min(10, STATED).max(1000, STATED).optional();

export const CompletePilot = z.object({
  ...{ pilotId: z.string().min(1), reason: Reason },
  ...{ independent_review: Stated, targets_met: Stated, runs_ended: Stated },
} satisfies Record<"pilotId" | "reason" | ExitCriterion, z.ZodType>);
export type CompletePilot = z.input<typeof CompletePilot>;

export const PausePilot = z.object({ pilotId: z.string().min(1), reason: Reason });
export type PausePilot = z.infer<typeof PausePilot>;
