import type { ApprovalView, GateView } from "#lib/gates/schema.ts";

/** Approvals that were given and not withdrawn: those that may count. */
export const givenAt = ({ approvals }: Pick<GateView, "approvals">): readonly ApprovalView[] =>
  approvals.filter(({ decision, withdrawnAt }) => decision === "approve" && !withdrawnAt);

/** Kept to be read, and counted no more. */
export const withdrawnFrom = ({ approvals }: Pick<GateView, "approvals">): readonly ApprovalView[] =>
  approvals.filter(({ withdrawnAt: since }) => Boolean(since));
