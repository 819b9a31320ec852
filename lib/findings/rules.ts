// What a finding may become, what makes two of them one, and what holds one back. Pure.
import { createHash } from "node:crypto";
import { can } from "../authz/rules.ts";
import type { RoleGrant } from "../authz/schema.ts";
import type { State } from "../record/change.ts";
import type {
  BoundFinding,
  FindingRule,
  FindingState,
  Severity,
  Sighting,
  SuppressionScope,
} from "./schema.ts";

const NEXT = {
  open: ["validated", "dismissed"],
  validated: ["mitigated", "open"],
  mitigated: ["open"],
  dismissed: ["open"],
} as const satisfies Record<FindingState, readonly FindingState[]>;

export const nextStates = (state: FindingState): readonly FindingState[] => NEXT[state];

export const mayBecome = (from: FindingState, to: FindingState): boolean => nextStates(from).includes(to);

const ORDER: readonly Severity[] = ["low", "medium", "high", "critical"];

/** A person has to look before anything is merged. */
export const isGrave = (severity: Severity): boolean => ORDER.indexOf(severity) >= ORDER.indexOf("high");

/** Nobody has dealt with it. */
export const isWaiting = (state: FindingState): boolean => state === "open" || state === "validated";

/** Whether a merge asks for one approver more, as a flag of the tree policy does. */
export const hasGraveFinding = (findings: readonly BoundFinding[]): boolean =>
  findings.some(({ severity, state }) => isGrave(severity) && isWaiting(state));

/** Different findings that are kept of a kind; what comes after is counted in one finding. */
export const MOST_OF_A_KIND = 50;

/** What are of one kind, and the finding that counts the rest of them. */
export interface KindBound {
  readonly severity: Severity;
  /** Null: of any rule. */
  readonly rule: string | null;
  /** Null: from the first on. */
  readonly since: Date | null;
  readonly subject: string;
  readonly text: string;
}

/**
 * In a run: all of a severity. What belongs to no run has no end, and anybody who reaches a door can bring it about: it is
 * bounded by rule and day, so that a flood silences neither another rule nor a later day.
 */
export function boundOf(runId: string | null, { id, title, severity }: FindingRule, now: number): KindBound {
  const rest = "what came after is counted here.";
  if (runId !== null) {
    const text = `The first ${MOST_OF_A_KIND} findings of ${severity} severity are kept; ${rest}`;
    return { severity, rule: null, since: null, subject: "", text };
  }
  const day = new Date(now).toISOString().slice(0, 10);
  const text = `The first ${MOST_OF_A_KIND} findings “${title}” of ${day} (UTC) that belong to no run are kept; ${rest}`;
  return { severity, rule: id, since: new Date(`${day}T00:00:00Z`), subject: `${id} ${day}`, text };
}

/** Known again by this; says nothing of a long subject, and goes with the evidence because it does of a short one. */
export const subjectDigest = (subject: string): Buffer =>
  createHash("sha256").update(subject, "utf8").digest();

/** The same rule and subject are one: the first is kept, and how many there were. */
export function together(sightings: readonly Sighting[]): Sighting[] {
  const groups = Map.groupBy(sightings, ({ rule, subject }) => `${rule.id}\n${subject}`);
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    const times = group.reduce((sum, { times = 1 }) => sum + times, 0);
    return first ? [{ ...first, times }] : [];
  });
}

export interface SuppressionFacts {
  readonly scope: SuppressionScope;
  readonly rule: string;
  readonly runId: string | null;
  readonly pilotId: string | null;
  readonly repositoryId: string | null;
  readonly path: string | null;
  readonly expiresAt: Date;
  readonly endedAt: Date | null;
}

export interface Suppressible {
  readonly rule: string;
  readonly runId: string | null;
  readonly pilotId: string | null;
  readonly repositoryId: string | null;
  readonly path: string | null;
}

/** The path itself and what is below it; `docs/` and `docs` are the same folder. */
export function isAtPath(path: string, place: string): boolean {
  const folder = place.replace(/\/+$/, "");
  return folder !== "" && (path === folder || path.startsWith(`${folder}/`));
}

/** Whether a finding that comes now is dismissed as it comes. */
export function holds(suppression: SuppressionFacts, finding: Suppressible, now: number): boolean {
  const { scope, rule, runId, pilotId, repositoryId, path, expiresAt, endedAt } = suppression;
  if (rule !== finding.rule || endedAt !== null || expiresAt.getTime() <= now) return false;
  switch (scope) {
    case "finding":
      return false; // it holds the one it was made from, and that is there already
    case "run":
      return runId !== null && runId === finding.runId;
    case "pilot":
      return pilotId !== null && pilotId === finding.pilotId;
    case "path":
      return (
        repositoryId !== null &&
        repositoryId === finding.repositoryId &&
        path !== null &&
        finding.path !== null &&
        isAtPath(finding.path, path)
      );
  }
}

export interface DismissFacts {
  readonly state: FindingState;
  readonly severity: Severity;
  readonly runId: string | null;
  readonly pilotId: string | null;
  readonly repositoryId: string | null;
  readonly path: string | null;
  readonly launchedBy: string | null;
  /** Who wrote to its agent. */
  readonly steeredBy: readonly string[];
}

export interface WantedDismissal {
  readonly scope: SuppressionScope;
  readonly path: string;
  readonly personId: string;
}

/**
 * Whoever had a hand in a run does not settle grave findings in it, by dismissing or by calling them dealt with: a merge would
 * ask for one person less. Null where it may be.
 */
export function refusalToSettle(
  { severity, launchedBy, steeredBy }: Pick<DismissFacts, "severity" | "launchedBy" | "steeredBy">,
  personId: string,
): string | null {
  const [did] = [
    ...(launchedBy === personId ? ["launched"] : []),
    ...(steeredBy.includes(personId) ? ["steered"] : []),
  ];
  if (!isGrave(severity) || did === undefined) return null;
  return `You ${did} this run. Somebody else has to settle a finding of ${severity} severity in it.`;
}

/** Null when it may be dismissed so, else the sentence that says why not. */
export function refusalToDismiss(
  facts: DismissFacts,
  { scope, path, personId }: WantedDismissal,
): string | null {
  if (!mayBecome(facts.state, "dismissed"))
    return `This finding is ${facts.state}; only an open one can be dismissed.`;
  const tooClose = refusalToSettle(facts, personId);
  if (tooClose !== null) return tooClose;
  if (scope === "run" && facts.runId === null)
    return "No run is known of this finding: dismiss this one alone.";
  if (scope === "pilot" && facts.pilotId === null)
    return "No pilot is known of this finding: dismiss this one alone.";
  if (scope !== "path") return null;
  if (facts.repositoryId === null || facts.path === null)
    return "This finding is not about a path: dismiss this one, or its rule in the run or the pilot.";
  if (!isAtPath(facts.path, path)) return `“${path}” is not where this finding was seen: ${facts.path}.`;
  return null;
}

/** Whether somebody with these grants can answer for a dismissal; of no pilot only for the organisation. */
export const mayAnswer = (grants: readonly RoleGrant[], pilotId: string | null): boolean =>
  can(
    pilotId === null ? grants.filter((grant) => grant.pilotId === null) : grants,
    "finding.decide",
    pilotId ?? undefined,
  );

/** What entries commit to before and after. */
export const findingState = (
  finding: { readonly id: string; readonly rule: string; readonly severity: Severity },
  state: FindingState,
  suppression: string | null = null,
): State => ({ finding: finding.id, rule: finding.rule, severity: finding.severity, state, suppression });
