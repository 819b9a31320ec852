// What a charter means for the processes that obey it, and how a pilot moves.

import type { Role, RoleGrant } from "../authz/schema.ts";
import { DAY, HOUR, MINUTE } from "../clock.ts";
import { type AppError, conflict, type FieldErrors } from "../errors.ts";
import { workingDeadline } from "../hours/rules.ts";
import type { WorkingHours } from "../hours/schema.ts";
import type { Limits } from "../jail/schema.ts";
import type { Anchoring } from "../protocol/anchoring.ts";
import type { TestPlan } from "../protocol/schema.ts";
import type { SetupPlan } from "../setup/schema.ts";
import type { Charter, PilotStatus } from "./schema.ts";

/** Which status may follow which. */
export const PILOT_TRANSITIONS = {
  draft: ["activating", "abandoned"],
  activating: ["active", "draft"],
  active: ["paused", "completed", "rolled_back"],
  paused: ["active", "completed", "rolled_back", "abandoned"],
  completed: [],
  rolled_back: [],
  abandoned: [],
} as const satisfies Record<PilotStatus, readonly PilotStatus[]>;

export function mayMove(from: PilotStatus, to: PilotStatus): boolean {
  const next: readonly PilotStatus[] = PILOT_TRANSITIONS[from];
  return next.includes(to);
}

/** What to throw when a move found the pilot elsewhere. */
export function cannotMove(from: PilotStatus, to: PilotStatus): AppError {
  return conflict(`The pilot is ${words(from)}; it cannot become ${words(to)}.`);
}

const words = (status: PilotStatus): string => status.replaceAll("_", " ");

const MiB = 1024 * 1024;

/** More than the largest report that is read (20 MB), so a report is never cut silently. */
const OUTPUT_BYTES = 32 * MiB;

/** What an attempt is made of, each with its time. */
export type TimedPhase = "setup" | "agent" | "verify";

/** How long a phase of one attempt may take. */
export function phaseSeconds({ environment, controls }: Charter, phase: TimedPhase): number {
  const { setupMinutes, agentMinutes, verifyMinutes } = environment;
  const own = { setup: setupMinutes, agent: agentMinutes, verify: verifyMinutes }[phase];
  return Math.min(controls.maxRunMinutes, own === 0 ? controls.maxRunMinutes : own) * 60;
}

/** What one sandbox of a run may use. */
export function limitsOf(charter: Charter, phase?: TimedPhase): Limits {
  const { memoryMb, diskMb, cpus, processes } = charter.environment;
  return {
    memoryBytes: memoryMb * MiB,
    diskBytes: diskMb * MiB,
    cpus,
    processes,
    seconds: phase ? phaseSeconds(charter, phase) : charter.controls.maxRunMinutes * 60,
    outputBytes: OUTPUT_BYTES,
  };
}

/** How the runner tests. `CI` keeps frameworks from watching files and from writing snapshots. */
export function testPlanOf(charter: Charter): TestPlan {
  const { testArgv, reportPath, harnessPaths, repeats } = charter.environment;
  return {
    argv: [...testArgv],
    reportPath,
    env: { CI: "true" },
    harnessPaths: [...harnessPaths],
    repeats,
  };
}

/** What is installed before anything is tested; null where the charter has no setup phase. */
export function setupPlanOf(charter: Charter): SetupPlan | null {
  const { environment } = charter;
  const { setupArgv, setupHosts, setupPaths, setupScripts } = environment;
  if (setupArgv.length === 0) return null;
  return {
    ...{ argv: [...setupArgv], hosts: [...setupHosts], paths: [...setupPaths], scripts: setupScripts },
    // Left out where it is the attempt's own, so that decisions about networks read as they did.
    ...(environment.setupMinutes > 0 ? { seconds: phaseSeconds(charter, "setup") } : {}),
  };
}

/** When an agent is told again what it works on. */
export function anchoringOf({ controls }: Charter): Anchoring {
  const { anchorTurns: turns, anchorMinutes: minutes, anchorTokens: tokens } = controls;
  return { turns, minutes, tokens };
}

/** When the charter's people work. */
export const workingHoursOf = ({ controls }: Charter, timeZone: string): WorkingHours => ({
  ...{ days: controls.workDays, from: controls.workFrom, to: controls.workTo, timeZone },
});

/** Until when a decision that was asked for at `opened` may be taken. */
export function approvalDeadline(charter: Charter, timeZone: string, opened: number): Date {
  const { approvalClock, approvalHours } = charter.controls;
  if (approvalClock === "always") return new Date(opened + approvalHours * HOUR);
  return new Date(workingDeadline(opened, approvalHours * HOUR, workingHoursOf(charter, timeZone)));
}

interface Calendar {
  readonly format: Intl.DateTimeFormat;
  minute: number;
  day: string;
}

/** One a time zone: making one takes a thousand times as long as asking it, and asking it longer than the minute asked last. */
const calendars = new Map<string, Calendar>();

/** The day it is in a time zone, as 2030-12-31. */
export function dayIn(timeZone: string, milliseconds: number): string {
  const known = calendars.get(timeZone) ?? {
    format: new Intl.DateTimeFormat("sv-SE", { timeZone, dateStyle: "short" }),
    ...{ minute: Number.NaN, day: "" },
  };
  calendars.set(timeZone, known);
  const minute = Math.floor(milliseconds / MINUTE); // no zone begins a day within one
  if (known.minute !== minute) {
    known.day = known.format.format(milliseconds);
    known.minute = minute;
  }
  return known.day;
}

/** Until when things are measured without agents; null where the charter asks for no such time. */
export const baselineEnd = ({ goal }: Charter, activatedAt: number): Date | null =>
  goal.baselineDays === 0 ? null : new Date(activatedAt + goal.baselineDays * DAY);

/** Faults of a charter that only the present day shows. */
export function untimely(charter: Charter, timeZone: string, now: number): FieldErrors | null {
  if (charter.rollback.endsOn >= dayIn(timeZone, now)) return null;
  return { "rollback.endsOn": ["This day has passed; write a later one."] };
}

/**
 * Which roles the second of two people may have: a security lead has to be one of the two, so who asks without being
 * one leaves only that.
 */
export function secondPersonRoles(asker: readonly RoleGrant[], pilotId: string): Role[] {
  const isSecurityLead = asker.some(
    (grant) =>
      grant.role === "security_lead" &&
      grant.deputyOf === undefined && // a deputy decides; who asks, asks for themselves
      (grant.pilotId === null || grant.pilotId === pilotId),
  );
  return isSecurityLead ? ["security_lead", "engineering_lead"] : ["security_lead"];
}

/** What entries commit to before and after. `charter`: digest of the version in force. */
export const pilotState = (
  pilot: { readonly id: string; readonly status: PilotStatus },
  charter: string | null,
) => ({ pilot: pilot.id, status: pilot.status, charter });
