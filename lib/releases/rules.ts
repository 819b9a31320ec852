import type { Role } from "../authz/schema.ts";
import { ownRuleOf, ruledBy } from "../gates/own-rules.ts";
import type { GateRule } from "../gates/rules.ts";
import type { GateStatus } from "../gates/schema.ts";
import type { Charter } from "../pilots/schema.ts";
import type { ReleaseAnswer, ReleaseStatus } from "./schema.ts";

const LEADS: readonly Role[] = ["engineering_lead", "security_lead"];

/** Leads decide, as many as the charter asks for merges, of its roles where it names leads; never who asked. */
export function releaseRule(charter: Charter, barred: readonly string[]): GateRule {
  const { controls } = charter;
  const leads = LEADS.filter((role) => controls.approverRoles.some((one) => one === role));
  return ruledBy(ownRuleOf(charter, "release"), {
    needed: Math.max(1, controls.approverCount),
    roles: leads.length === 0 ? LEADS : leads,
    barred,
  });
}

const STATUS: Readonly<Record<GateStatus, ReleaseStatus>> = {
  open: "pending",
  approved: "approved",
  denied: "denied",
  expired: "expired",
  // What it was asked about is no longer so: nothing is deployed on it, and asking again opens another gate.
  void: "denied",
};

export const releaseStatus = (status: GateStatus): ReleaseStatus => STATUS[status];

/** Whether asking again in the same words is another question: the one before ended without anybody saying no. */
export const mayAskAgain = (status: GateStatus): boolean => status === "expired" || status === "void";

const COMMENTS: Readonly<Record<Exclude<ReleaseStatus, "pending">, string>> = {
  approved: "Approved in Pilothouse.",
  denied: "Denied in Pilothouse.",
  expired: "Nobody decided in time, which means denied.",
};

export function callbackOf(
  status: ReleaseStatus,
  environment: string,
  decision: string,
): ReleaseAnswer["callback"] {
  if (status === "pending") return null;
  return {
    environment_name: environment,
    state: status === "approved" ? "approved" : "rejected",
    comment: `${COMMENTS[status]} Decision sha256:${decision}.`,
  };
}

/** What entries commit to before and after. */
export const releaseState = (release: string, status: "asked" | "approved") => ({ release, status });
