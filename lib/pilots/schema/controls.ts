import { z } from "zod";
import { Role } from "../../authz/schema.ts";
import { TimeOfDay, WeekDay } from "../../hours/schema.ts";
import { CheckName } from "../../outside-checks/schema.ts";
import { OwnPatterns } from "../../own-patterns/schema.ts";
import { ModelName } from "../../prices/schema.ts";
import { CanaryRule } from "../../protocol/checks.ts";
import { GateRules } from "./gates.ts";
import { each, globs, uniqueBy, whole } from "./words.ts";

export const ApproverRole = Role.extract(["engineering_lead", "security_lead", "reviewer"]);
export type ApproverRole = z.infer<typeof ApproverRole>;

/** What happens when something of a class stands in a request to a model. */
export const OutboundRule = z.enum(["block", "mask", "allow"], "Choose block, mask or allow.");

const ToolRule = z.enum(["deny", "ask", "allow"], "Choose deny, ask or allow.");

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

/** Roles that may launch by the table of permissions; a charter may only name fewer. */
export const LauncherRole = Role.extract(["engineering_lead", "security_lead"]);

const AGENT = "Choose among the agents there are.";

export const Controls = z.strictObject({
  /** Empty: everybody whose role may launch. */
  launchers: each(LauncherRole),
  /** Ids; empty: every agent. */
  agents: each(z.string({ error: AGENT }).regex(/^agt_[0-9a-hjkmnp-tv-z]{22}$/, AGENT)),
  /** Names as the provider calls them; empty: every model. */
  models: each(ModelName),
  /** When runs may be launched, in the pilot's time zone; no days: always. */
  workDays: each(WeekDay),
  workFrom: TimeOfDay,
  workTo: TimeOfDay,
  /** Whether `approvalHours` are counted all day and night, or over the hours above. */
  approvalClock: z.enum(["always", "working"], "Choose always or working."),
  approverCount: whole(1, 3),
  approverRoles: z
    .array(ApproverRole)
    .min(1, "Choose at least one role that may approve.")
    .refine(uniqueBy, "The same role stands here twice."),
  approvalHours: whole(1, 720, "hours"),
  /** Who is one of the approvers of a patch that touches protected files. */
  protectedApproverRole: z.enum(["any", ...ApproverRole.options], "Choose a role, or any."),
  /** Checks from outside, as their sources call them, that must have passed of a patch before its merge is approved. */
  requiredChecks: z
    .array(CheckName)
    .max(20, "At most 20 checks.")
    .refine(uniqueBy, "The same check stands here twice."),
  /** Whether evidence counts where no test that was planted to fail was reported failed. */
  canary: CanaryRule,
  /** Rules of single gates; a gate without one goes by the ordinary rule. */
  gates: GateRules,
  maxRunMinutes: whole(1, 1440, "minutes"),
  maxAttempts: whole(1, 10),
  maxConcurrentRuns: whole(1, 20),
  extraApproverOnFlags: z.boolean(),
  /** Which approvals are signed with a passkey. */
  stepUp: z.enum(["none", "merge", "every_gate"], "Choose none, merge, or every gate."),
  /** Who may merge past the gate in an emergency, reviewed afterwards; empty: nobody. */
  breakGlass: each(LauncherRole),
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
  /** What an agent may do with its tools; the stricter of this and `askMode` counts. */
  toolWrite: ToolRule,
  /** Of the files below; of all others nothing is asked. */
  toolRead: ToolRule,
  readGuardedPaths: globs(0, "Name the files that are guarded from being read, one a line."),
  toolExecute: ToolRule,
  /** Nothing opens a network to an agent: it may ask for one, or not even that. */
  toolNetwork: ToolRule.extract(["deny", "ask"], "Choose deny or ask."),
  allowedCommands: commands,
  deniedCommands: commands,
  /** What happens where nobody answers in `askMinutes`. */
  unattended: z.enum(["deny_and_continue", "park"], "Choose deny and continue, or park."),
  askMinutes: whole(1, 1440, "minutes"),
});
