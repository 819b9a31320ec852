import { z } from "zod";

export const GateKind = z.enum(["activate", "amend", "command", "merge", "network", "resume"]);
export type GateKind = z.infer<typeof GateKind>;

export const GateStatus = z.enum(["open", "approved", "denied", "expired", "void"]);
export type GateStatus = z.infer<typeof GateStatus>;

export const DecideGate = z
  .object({
    gateId: z.string().min(1),
    /** Digest of the decision document the person was shown. */
    digest: z.string().regex(/^[0-9a-f]{64}$/, "The page is out of date. Reload it."),
    decision: z.enum(["approve", "deny"]),
    reason: z.string().trim().max(1000, "At most 1000 characters.").default(""),
  })
  .refine((input) => input.decision === "approve" || input.reason.length >= 3, {
    path: ["reason"],
    message: "Say why you deny, in three characters or more.",
  });
export type DecideGate = z.infer<typeof DecideGate>;

export interface ApprovalView {
  readonly personId: string;
  readonly personName: string;
  readonly role: string;
  readonly decision: "approve" | "deny";
  readonly reason: string | null;
  readonly at: Date;
}

export interface GateView {
  readonly id: string;
  readonly kind: GateKind;
  readonly status: GateStatus;
  readonly pilotId: string | null;
  readonly pilotName: string | null;
  readonly runId: string | null;
  readonly charterId: string | null;
  readonly stopId: string | null;
  readonly title: string;
  readonly document: string;
  readonly digest: string;
  readonly needed: number;
  readonly roles: readonly string[];
  readonly approvals: readonly ApprovalView[];
  readonly openedBy: string;
  readonly openedByName: string;
  readonly createdAt: Date;
  readonly expiresAt: Date;
  readonly decidedAt: Date | null;
  readonly reason: string | null;
  /** Why the person looking may not approve; null when they may. */
  readonly cannotApprove: string | null;
  readonly cannotDeny: string | null;
}
