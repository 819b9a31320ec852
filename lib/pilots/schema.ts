// The charter, version 1, in six parts. Every leaf has an enforcer (enforcers.ts); what nothing enforces has no field.
// Whole numbers only, so that the canonical text is the same everywhere.
import { z } from "zod";
import { Role } from "../authz/schema.ts";
import { Tier } from "../jail/schema.ts";
import { OwnPatterns } from "../own-patterns/schema.ts";
import { BranchName } from "../repositories/schema.ts";
import { SetupArgv, SetupHosts, SetupPaths, SetupScripts } from "../setup/schema.ts";

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

const whole = (min: number, max: number, unit = "") => {
  const sentence = `Write a whole number from ${min} to ${max}${unit === "" ? "" : ` (${unit})`}.`;
  return z.int({ error: sentence }).min(min, sentence).max(max, sentence);
};

const uniqueBy = <T>(items: readonly T[]) => new Set(items).size === items.length;

// Tabs and line breaks included: neither a path nor an argument of ours holds one.
const CONTROL = /\p{Cc}/u;

const GLOB =
  "Write paths inside the repository, one a line, such as src/** or **/*.test.js: no leading slash, no “..”, no “[”, “{”, “!” or “:” at the start.";

/** Relative, `/`-separated, with `*`, `?` and `**` only, as git reads `:(glob)` pathspecs. */
export const PathGlob = z
  .string({ error: GLOB })
  .min(1, GLOB)
  .max(300, GLOB)
  .refine((glob) => !CONTROL.test(glob) && !/^[/:!]|[[\]{}\\]|\/$|\/\//.test(glob), GLOB)
  .refine((glob) => glob.split("/").every((part) => part !== ".." && part !== "."), GLOB)
  .refine((glob) => glob.split("/").every((part) => part === "**" || !part.includes("**")), GLOB);

const globs = (min: number, sentence: string) =>
  z
    .array(PathGlob, { error: sentence })
    .min(min, sentence)
    .max(100, "At most 100 paths.")
    .refine(uniqueBy, "The same path stands here twice.");

const REPORT = "Write the file the command leaves, relative to the repository, such as reports/junit.xml.";

const ReportPath = z
  .string({ error: REPORT })
  .min(1, REPORT)
  .max(300, REPORT)
  .refine((path) => !CONTROL.test(path) && !/^[/-]|[\\]|\/$/.test(path), REPORT)
  .refine(
    (path) =>
      path.split("/").every((part) => !["", ".", ".."].includes(part) && part.toLowerCase() !== ".git"),
    REPORT,
  );

const ARGV =
  "Write the command that runs the tests, such as node --test. Nothing of it goes through a shell.";

const TestArgv = z
  .array(
    z
      .string({ error: ARGV })
      .min(1, ARGV)
      .max(2000, "One word of the command is longer than 2,000 characters.")
      .refine((word) => !CONTROL.test(word), "The command holds a control character."),
    { error: ARGV },
  )
  .min(1, ARGV)
  .max(50, "The command has more than 50 words; put it into a script of the repository.");

const STATEMENT = "Say in 10 to 2,000 characters what the pilot is to achieve.";

export const ApproverRole = Role.extract(["engineering_lead", "security_lead", "reviewer"]);
export type ApproverRole = z.infer<typeof ApproverRole>;

export const RunKind = z.enum(["repair", "triage", "security", "document", "monitor"]);
export type RunKind = z.infer<typeof RunKind>;

const Goal = z.strictObject({
  /** Stands in every decision document. */
  statement: z.string({ error: STATEMENT }).trim().min(10, STATEMENT).max(2000, STATEMENT),
  kind: RunKind,
});

const WorkScope = z.strictObject({
  repositoryId: z.string().regex(/^rep_[0-9a-hjkmnp-tv-z]{22}$/, "Choose a repository."),
  branch: BranchName,
  /** A patch that touches anything else is refused. */
  allowedPaths: globs(1, "Name at least one path; ** allows all."),
  /** A patch that touches these needs one approver more. */
  protectedPaths: globs(0, "Name the protected paths, one a line."),
});

const Environment = z
  .strictObject({
    testArgv: TestArgv,
    /** JUnit XML, relative to the tree. */
    reportPath: ReportPath,
    /** Overlaid from the base in verification. */
    harnessPaths: globs(1, "Name what belongs to the tests, or a patch could rewrite what judges it."),
    repeats: whole(1, 20),
    minimumTier: Tier,
    memoryMb: whole(256, 65_536, "MB"),
    /** Size of the working tree. It lies in memory. */
    diskMb: whole(64, 32_768, "MB"),
    cpus: whole(1, 64),
    processes: whole(16, 4096),
    /** Runs once per set of manifests, before everything else, with a network of these hosts. Empty: there is none. */
    setupArgv: SetupArgv,
    setupHosts: SetupHosts,
    /** All that is left of it: mounted read-only where the tree is tested and worked on. */
    setupPaths: SetupPaths,
    setupScripts: SetupScripts,
  })
  .refine(({ setupArgv, setupPaths }) => setupArgv.length === 0 || setupPaths.length > 0, {
    path: ["setupPaths"],
    error: "Name the folders that setup leaves, such as node_modules; nothing else of it stays.",
  })
  .refine(({ diskMb, memoryMb }) => diskMb < memoryMb, {
    path: ["diskMb"],
    error: "The working tree lies in memory: give it less than the memory.",
  });

/** What happens when something of a class stands in a request to a model. */
export const OutboundRule = z.enum(["block", "mask", "allow"], "Choose block, mask or allow.");

const COMMANDS =
  "Write commands, one a line, such as npm run build, without quotes; a * at the end allows any further words.";

/** Plain words with one blank between. A lone `*` would be any command, and names none. */
const commands = z
  .array(
    z
      .string({ error: COMMANDS })
      .max(300, COMMANDS)
      .regex(/^(?!\*)[^\s'"\\\p{C}]+(?: [^\s'"\\\p{C}]+)*$/u, COMMANDS),
    { error: COMMANDS },
  )
  .max(100, "At most 100 commands.")
  .refine(uniqueBy, "The same command stands here twice.");

/** US cents; up to a million dollars. */
const cents = whole(0, 100_000_000, "US cents");

const Controls = z.strictObject({
  approverCount: whole(1, 3),
  approverRoles: z
    .array(ApproverRole)
    .min(1, "Choose at least one role that may approve.")
    .refine(uniqueBy, "The same role stands here twice."),
  approvalHours: whole(1, 720, "hours"),
  maxRunMinutes: whole(1, 1440, "minutes"),
  maxAttempts: whole(1, 10),
  maxConcurrentRuns: whole(1, 20),
  extraApproverOnFlags: z.boolean(),
  /** What calls of models may cost. Nothing is sent that could cost more than is left. */
  budgetRunCents: cents,
  /** Of all runs, from midnight to midnight in the pilot's time zone. */
  budgetDayCents: cents,
  budgetPilotCents: cents,
  outboundSecret: OutboundRule,
  outboundCardNumber: OutboundRule,
  outboundEmail: OutboundRule,
  outboundIban: OutboundRule,
  /** Of what the patterns below find. */
  outboundOwn: OutboundRule,
  ownPatterns: OwnPatterns,
  /** Drift score, 0 to 100, from which a run is paused; 0 = never. */
  driftPause: whole(0, 100),
  /** The agent is re-anchored after so many turns (answers of its model), minutes or tokens; 0 = not for that. */
  anchorTurns: whole(0, 1000, "turns"),
  anchorMinutes: whole(0, 1440, "minutes"),
  anchorTokens: whole(0, 100_000_000, "tokens"),
  /** Whether the agent asks before it does what neither only reads nor stands on the list. */
  askMode: z.enum(["never", "unlisted"], "Choose never or unlisted."),
  allowedCommands: commands,
  deniedCommands: commands,
  /** What happens where nobody answers in `askMinutes`. */
  unattended: z.enum(["deny_and_continue", "park"], "Choose deny and continue, or park."),
  askMinutes: whole(1, 1440, "minutes"),
});

const Kpis = z.strictObject({
  /** Merged patches per week, at least. */
  throughputPerWeek: whole(0, 1000, "merged patches per week"),
  /** Median, at most. */
  agentLeadTimeHours: whole(1, 8760, "hours"),
  reviewToMergeHours: whole(1, 8760, "hours"),
  /** No rate and no verdict below this many rows. */
  minimumSample: whole(2, 1000),
});

const Rollback = z.strictObject({
  /** This many failed runs in a row pause the pilot. */
  pauseAfterFailedRuns: whole(1, 50),
  /** Launches are refused beyond these two. */
  maxRuns: whole(1, 10_000),
  /** Last day, in the pilot's time zone. */
  endsOn: z.iso.date("Write the last day as 2030-12-31."),
});

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
  readonly role: Role;
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

export const PausePilot = z.object({ pilotId: z.string().min(1), reason: Reason });
export type PausePilot = z.infer<typeof PausePilot>;
