// The text a charter is known by: RFC 8785, with the format's number inside, immutable once written.
import { z } from "zod";
import { sha256Hex } from "../protocol/signing.ts";
import { canonicalText } from "../record/rules.ts";
import { CHARTER_FORMAT, Charter } from "./schema.ts";

export function charterText(charter: Charter): string {
  return canonicalText({ v: CHARTER_FORMAT, ...charter });
}

/** Hex SHA-256 of the canonical text. */
export function charterDigest(charter: Charter): string {
  return sha256Hex(Buffer.from(charterText(charter), "utf8"));
}

const Stored = z.looseObject({ v: z.literal(CHARTER_FORMAT) });

/** Charters written before models could be called say nothing of it, and nobody agreed to any: none may be. */
const WITHOUT_MODELS = {
  budgetRunCents: 0,
  budgetDayCents: 0,
  budgetPilotCents: 0,
  outboundSecret: "block",
  outboundCardNumber: "block",
  outboundEmail: "block",
  outboundIban: "block",
} as const satisfies Partial<Charter["controls"]>;

/** Charters written before there was a setup phase have none. */
const WITHOUT_SETUP = {
  setupArgv: [],
  setupHosts: [],
  setupPaths: [],
  setupScripts: "off",
} as const satisfies Partial<Charter["environment"]>;

/** Nor did their runs hand in anything beside a patch. */
const WITHOUT_ARTEFACTS = {
  artefactPaths: [],
  artefactCount: 20,
  artefactMb: 16,
  artefactDays: 30,
} as const satisfies Partial<Charter["environment"]>;

/** Nor did they say that a run may be paused by its drift, or its agent be spoken to by anybody but people. */
const WITHOUT_DRIFT = {
  driftPause: 0,
  anchorTurns: 0,
  anchorMinutes: 0,
  anchorTokens: 0,
} as const satisfies Partial<Charter["controls"]>;

/** Nor whether its agent asks anybody. */
const WITHOUT_ASKS: Partial<Charter["controls"]> = {
  askMode: "never",
  allowedCommands: [],
  deniedCommands: [],
  unattended: "deny_and_continue",
  askMinutes: 30,
};

/** Nor did they name patterns of their own. */
const WITHOUT_OWN: Partial<Charter["controls"]> = { outboundOwn: "block", ownPatterns: [] };

/** Nor how large a patch may be, or where none may go. */
const WITHOUT_ZONES: Partial<Charter["scope"]> = {
  kinds: [],
  forbiddenPaths: [],
  maxFiles: 0,
  maxChangedLines: 0,
};

/** Nor who may launch, with what, and when. */
const WITHOUT_LAUNCHERS: Partial<Charter["controls"]> = {
  launchers: [],
  agents: [],
  models: [],
  workDays: [],
  workFrom: "09:00",
  workTo: "17:00",
  approvalClock: "always",
};

/** Nor that an approval is signed. */
const WITHOUT_STEP_UP: Partial<Charter["controls"]> = { stepUp: "none" };

/** Nor that anybody merges past the gate. */
const WITHOUT_GLASS: Partial<Charter["controls"]> = { breakGlass: [] };

/** Nor how long each phase may take, what tools may do, or who looks at what means more than its lines. */
const WITHOUT_PHASES = {
  ...{ setupMinutes: 0, agentMinutes: 0, verifyMinutes: 0 },
} as const satisfies Partial<Charter["environment"]>;
const WITHOUT_CLASSES: Partial<Charter["scope"]> = { protectedClasses: [] };
const WITHOUT_TOOLS: Partial<Charter["controls"]> = {
  ...{ toolWrite: "allow", toolExecute: "allow", toolNetwork: "ask", protectedApproverRole: "any" },
};

/** Nor what was wrong, who answers for it, or what has to be so before it ends. */
const WITHOUT_EXIT = {
  ...{ goal: { problem: "" }, kpis: { owners: [] }, rollback: { exitCriteria: [] } },
};

/** Targets that stood among the KPIs before a goal had metrics; nobody had said what they are held against. */
const OldTargets = z.object({
  throughputPerWeek: z.int(),
  agentLeadTimeHours: z.int(),
  reviewToMergeHours: z.int(),
});

function measured(goal: unknown, kpis: unknown): { goal: unknown; kpis: unknown } {
  const old = OldTargets.safeParse(kpis);
  if (!old.success || typeof goal !== "object" || goal === null || Object.hasOwn(goal, "metrics"))
    return { goal, kpis };
  const { throughputPerWeek, agentLeadTimeHours, reviewToMergeHours } = old.data;
  const targets = [
    ["throughput", throughputPerWeek],
    ["agent_lead_time", agentLeadTimeHours],
    ["review_to_merge", reviewToMergeHours],
  ] as const;
  const metrics = targets.map(([kpi, target]) => ({ kpi, target, baseline: null, source: "" }));
  const rest = Object.entries(Object(kpis)).filter(([name]) => !Object.hasOwn(old.data, name));
  return { goal: { ...goal, metrics, runsPerWeek: 0 }, kpis: Object.fromEntries(rest) };
}

/** Nor rules of single gates. */
const WITHOUT_GATES: Partial<Charter["controls"]> = { gates: [] };

/** Nor checks from outside. */
const WITHOUT_CHECKS: Partial<Charter["controls"]> = { requiredChecks: [] };
/** Nor that evidence without a canary does not count. */
const WITHOUT_CANARY: Partial<Charter["controls"]> = { canary: "never" };
/** Nor which files an agent may read. */
const WITHOUT_READING: Partial<Charter["controls"]> = { toolRead: "allow", readGuardedPaths: [] };

/** Nor labels of repositories, deputies, when its numbers are looked at, or what a tripwire does but pause it. */
const WITHOUT_LABELS: Partial<Charter["scope"]> = { repositoryLabels: [], forbiddenLabels: [] };
/** Nor under which licences packages may come. */
const WITHOUT_LICENCES: Partial<Charter["scope"]> = { licences: [] };
const WITHOUT_REVIEWS: Partial<Charter["kpis"]> = { deputies: [], cadence: "never" };
const WITHOUT_ACTION: Partial<Charter["rollback"]> = { onFailedRuns: "pause" };
/** Nor a time in which things are measured without agents. */
const WITHOUT_BASELINE: Partial<Charter["goal"]> = { baselineDays: 0 };
/** Nor bounds on numbers. */
const WITHOUT_WIRES: Partial<Charter["rollback"]> = { tripwires: [] };

/** What was added to the controls together, oldest first: a charter has all of an addition or nothing of it. */
const ADDED: readonly Partial<Charter["controls"]>[] = [
  WITHOUT_MODELS,
  WITHOUT_DRIFT,
  WITHOUT_ASKS,
  WITHOUT_OWN,
  WITHOUT_LAUNCHERS,
  WITHOUT_STEP_UP,
  WITHOUT_TOOLS,
  WITHOUT_GLASS,
  WITHOUT_GATES,
  WITHOUT_CHECKS,
  WITHOUT_READING,
  WITHOUT_CANARY,
];

/** A part with what it was written before. One that has some of an addition was not written by us: it stays as it is. */
function completed(part: unknown, additions: readonly object[]): unknown {
  if (typeof part !== "object" || part === null) return part;
  const missing = additions.filter((added) => !Object.keys(added).some((name) => Object.hasOwn(part, name)));
  return Object.assign({}, part, ...missing);
}

/** Reads a stored charter. Throws when the text is not a charter of this format: a row somebody tampered with. */
export function parseCharter(canonical: string): Charter {
  const { v: _format, ...parts } = Stored.parse(JSON.parse(canonical));
  const controls = completed(parts.controls, ADDED);
  const environment = completed(parts.environment, [WITHOUT_SETUP, WITHOUT_PHASES, WITHOUT_ARTEFACTS]);
  const scope = completed(parts.scope, [WITHOUT_ZONES, WITHOUT_CLASSES, WITHOUT_LABELS, WITHOUT_LICENCES]);
  const targets = measured(parts.goal, parts.kpis);
  const goal = completed(targets.goal, [WITHOUT_EXIT.goal, WITHOUT_BASELINE]);
  const kpis = completed(targets.kpis, [WITHOUT_EXIT.kpis, { retentionDays: 0 }, WITHOUT_REVIEWS]);
  const rollback = completed(parts.rollback, [WITHOUT_EXIT.rollback, WITHOUT_ACTION, WITHOUT_WIRES]);
  return Charter.parse({ ...parts, goal, scope, controls, environment, kpis, rollback });
}
