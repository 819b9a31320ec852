import { z } from "zod";
import { AssertionField } from "../passkeys/schema.ts";
import { RejectedAsField } from "../runs/schema.ts";

export const GateKind = z.enum([
  "activate",
  "amend",
  "artefact",
  "break_glass",
  "command",
  "merge",
  "network",
  "release",
  "resume",
  "weekly_review",
  "exit_review",
]);
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
    /** How they came to it: for the figures, not for anything that is decided. */
    source: z.enum(["web", "notice"]).optional().catch(undefined),
    /** Of a merge that is denied: what is the matter with its patch. */
    rejectedAs: RejectedAsField,
    /** What a passkey signed, where the charter asks for it: the browser's answer, or its JSON in a form's field. */
    assertion: AssertionField,
  })
  .refine((input) => input.decision === "approve" || input.reason.length >= 3, {
    path: ["reason"],
    message: "Say why you deny, in three characters or more.",
  });
export type DecideGate = z.infer<typeof DecideGate>;

export const AskSignature = z.object({
  gateId: z.string().min(1).max(100),
  digest: z.string().regex(/^[0-9a-f]{64}$/, "The page is out of date. Reload it."),
});
export type AskSignature = z.infer<typeof AskSignature>;

export interface ApprovalView {
  readonly id: string;
  readonly personId: string;
  readonly personName: string;
  /** The absent person whose role it was given with. */
  readonly forName?: string | null;
  readonly role: string;
  readonly decision: "approve" | "deny";
  readonly reason: string | null;
  /** Signed with a passkey. */
  readonly isSigned: boolean;
  /** How they came to it. */
  readonly source?: string;
  readonly at: Date;
  /** Since when it counts no more: its person was deactivated, or its passkey withdrawn. */
  readonly withdrawnAt?: Date | null;
}

/** The void gate that an open one of the same run stands for again. */
export interface AgainView {
  readonly gateId: string;
  /** Why it is void. */
  readonly reason: string;
  /** The patch is the same to the byte. */
  readonly identical: boolean;
  /** Base commits: then and now. */
  readonly from: string;
  readonly to: string;
  /** The evidence is not that of then. */
  readonly isRerun: boolean;
  readonly approvedBy: readonly string[];
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
  /** What those of them are called that were made here. */
  readonly roleNames?: Readonly<Record<string, string>>;
  /** It is decided by people whom it names, not by whoever holds a role. */
  readonly namesPeople?: boolean;
  /** So many different people have to deny it; one where nothing is said. */
  readonly denials?: number;
  readonly approvals: readonly ApprovalView[];
  readonly openedBy: string;
  readonly openedByName: string;
  readonly createdAt: Date;
  readonly expiresAt: Date;
  readonly decidedAt: Date | null;
  readonly reason: string | null;
  /** Whether approving is signed with a passkey, and whether the person looking has one that counts. */
  readonly signing: "session" | "passkey" | "passkey_missing";
  /** Why the person looking may not approve; null when they may. */
  readonly cannotApprove: string | null;
  readonly cannotDeny: string | null;
  /** Why nobody may approve it yet: checks from outside that it waits for. */
  readonly waitsFor?: string | null;
}

export interface InboxQuery {
  /** `mine`: what this person may approve; by default the team's. */
  readonly show?: "mine" | "team";
  readonly kind?: GateKind | null;
  readonly pilotId?: string | null;
  /** `cursorOf` the last gate of the page before. */
  readonly after?: string | null;
  readonly limit?: number;
}

/** Where the next page of the inbox begins. */
export const cursorOf = ({ expiresAt, id }: Pick<GateView, "expiresAt" | "id">): string =>
  `${expiresAt.getTime()}_${id}`;

/** Null for what is no cursor: the list then begins at its beginning. */
export function readCursor(text: string): { readonly expiresAt: Date; readonly id: string } | null {
  const [, time = "", id = ""] = /^(\d{1,15})_([a-z]{3}_[0-9A-Za-z_-]{1,80})$/.exec(text) ?? [];
  return id === "" ? null : { expiresAt: new Date(Number(time)), id };
}
