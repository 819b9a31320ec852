import { z } from "zod";
import type { Tier } from "../jail/schema.ts";
import { Phase } from "../protocol/schema.ts";

export const MakeEnrolment = z.strictObject({
  phases: z
    .array(Phase)
    .min(1, "Choose what the runner may do.")
    .refine((phases) => new Set(phases).size === phases.length, "The same phase stands here twice."),
});
export type MakeEnrolment = z.infer<typeof MakeEnrolment>;

/** Shown once; only its hash is kept. */
export interface MadeEnrolment {
  readonly enrolmentId: string;
  readonly token: string;
  readonly expiresAt: Date;
}

/** What a runner says about itself with each lease request. */
export interface Contact {
  readonly version: number;
  readonly tier: Tier;
  readonly tierMissing: readonly string[];
}

export interface RunnerView {
  readonly id: string;
  readonly name: string;
  readonly hostId: string;
  readonly phases: readonly Phase[];
  readonly registeredAt: Date;
  readonly revokedAt: Date | null;
  /** Null before its first word. */
  readonly contact: (Contact & { readonly at: Date }) | null;
  /** Heard of within the last 15 seconds, and not revoked. */
  readonly live: boolean;
  /** Leases it holds now. */
  readonly leases: number;
}

export interface EnrolmentView {
  readonly id: string;
  readonly phases: readonly Phase[];
  readonly createdBy: string;
  readonly createdByName: string;
  readonly createdAt: Date;
  readonly expiresAt: Date;
}

/** What the runner's door needs to judge a signature. */
export interface RunnerCredential {
  readonly id: string;
  readonly name: string;
  /** SPKI DER in base64. */
  readonly publicKey: string;
  readonly phases: readonly Phase[];
  readonly revoked: boolean;
}
